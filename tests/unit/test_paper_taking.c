// What is stored of a signed draw is answered as stored, whatever fails behind its commit.
#include "sealing_story.h"

#include "seal/approval.h"

static struct signing_key *approver;

static void begin_approved_ledger(void) {
    static char key[VKEY_TEXT_BYTES];
    vkey_format(signing_key_public(approver), key);
    office.options.how = RULES_MANUAL;
    office.options.approvals = 1;
    office.options.approvers = key;
    sign(true);
    story.is_manual = true;
    begin_ledger();
    send(0, 3);
    seal_now();
    assert_true(is_shown());
}

static struct slice approval(char room[NOTE_BYTES_MAX]) {
    char text[APPROVAL_BYTES_MAX];
    const struct signing_key *keys[] = {approver};
    struct approval approval = {slice_of(SMALL_NAME "/1"), story.ledger->sealing.hash, WINNING_NUMBER};
    struct draft draft;
    struct error error;
    draft_begin(&draft, room, NOTE_BYTES_MAX);
    must(note_sign(&draft, (struct slice){text, approval_write(&approval, text)}, keys, 1, &error), &error);
    return draft_text(&draft);
}

static struct order_answer *give_approval(struct slice paper) {
    return give(ORDER_PAPER, (struct order_input){.is_sure = true,
                                                  .paper = PAPER_APPROVAL,
                                                  .without_number = true,
                                                  .bytes = paper.text,
                                                  .length = paper.length});
}

// Call by call, until none has failed.
static void a_paper_that_is_stored(void **state) {
    static char room[NOTE_BYTES_MAX];
    approver = seal_key("inspector.example/garcia", VKEY_ED25519, 0x40);
    bool ended = false;
    int behind = 0;
    for (int failing = 1; !ended; failing++) {
        begin_approved_ledger();
        struct slice paper = approval(room);
        story.failing_commit = FAIL_BEFORE;
        story.failing_call = story.calls + failing;
        const struct error_code *code = give_approval(paper)->error.code;
        ended = story.calls < story.failing_call;
        story.failing_call = 0;
        bool is_stored = query("SELECT count(*) FROM papers WHERE kind = 'approval'") == 1;
        assert_code(code, is_stored ? ERROR_NONE : ERROR_STORE_FAILED);
        behind += is_stored && !ended;
        assert_error(&give_approval(paper)->error, ERROR_NONE);
        assert_int_equal(office.order.answer.already, is_stored);
        assert_error(
            &give(ORDER_DRAW, (struct order_input){.is_sure = true, .number = WINNING_NUMBER})->error,
            ERROR_NONE);
        ledger_close(&story.ledger);
        begin_anew();
        story.drawn = 0;
    }
    assert_true(behind > 0); // some call comes behind the commit
    signing_key_free(approver);
    (void)state;
}

// An agency shows another seal: it is told of that once it is stored.
static void another_seal_that_is_stored(void **state) {
    static char room[NOTE_BYTES_MAX];
    bool ended = false;
    int behind = 0;
    story.is_manual = true;
    for (int failing = 1; !ended; failing++) {
        begin_ledger();
        send(0, 3);
        seal_now();
        struct slice other = other_seal(office.keys[0], room);
        struct ledger_request *shown = request(.type = LEDGER_SHOWN_SEAL, .first = NO_FIRST);
        int64_t next;
        shown->input.shown = other.text;
        shown->input.shown_length = other.length;
        story.failing_commit = FAIL_BEFORE;
        story.failing_call = story.calls + failing;
        const struct error_code *code = ask(shown, &next);
        ended = story.calls < story.failing_call;
        story.failing_call = 0;
        bool is_stored = query("SELECT count(*) FROM papers WHERE kind = 'fork'") == 1;
        assert_code(code, is_stored ? ERROR_FORKED : ERROR_STORE_FAILED);
        behind += is_stored && !ended;
        show(other, ERROR_FORKED);
        assert_error(
            &give(ORDER_DRAW, (struct order_input){.is_sure = true, .number = WINNING_NUMBER})->error,
            ERROR_FORKED);
        ledger_close(&story.ledger);
        begin_anew();
    }
    assert_true(behind > 0);
    (void)state;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        SEALING_TEST(a_paper_that_is_stored),
        SEALING_TEST(another_seal_that_is_stored),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
