// A receipt is given for what is stored, only after its commit, and is never contradicted by a reset.
#include "signed_story.h"

#include "seal/receipt.h"

enum { TOGETHER = 3 };

// Processes the requests as one group. The caller discards them.
static void ask_together(struct ledger_request *asked[], int count) {
    for (int i = 0; i < count; i++) {
        asked[i]->node.next = i + 1 < count ? &asked[i + 1]->node : NULL;
    }
    story.count = 0;
    group_process(story.ledger, &asked[0]->node);
    assert_int_equal(story.count, count);
}

static struct ledger_request *ask_one(struct sent sent) {
    struct ledger_request *asked = request_as(sent, on_complete);
    ask_together(&asked, 1);
    return asked;
}

// Checks the request's receipt as its agency does, with the key alone: it is for these bets, and the commit
// has `size` entries.
static void check_receipt(const struct ledger_request *request, uint64_t first, uint64_t size) {
    const struct ledger_receipt *receipt = request->answer.receipt;
    struct kept_rules rules = shown(1);
    struct note note;
    struct receipts commit;
    struct receipt entry;
    struct error error;
    uint8_t key[AGENCY_KEY_BYTES], nonce[SALT_BYTES];
    struct salts salts;
    assert_error(&request->answer.error, ERROR_NONE);
    assert_non_null(receipt);
    must(note_parse("the note", (struct slice){receipt->note, receipt->note_length}, &note, &error), &error);
    must(note_check(&note, key_of(0), &error), &error);
    must(receipts_parse(note.text, &commit, &error), &error);
    must(receipts_hold(&commit, (struct slice){receipt->entry, receipt->entry_length}, receipt->index,
                       &receipt->path, &error),
         &error);
    assert_int_equal(commit.size, size);
    must(receipt_parse((struct slice){receipt->entry, receipt->entry_length}, &entry, &error), &error);
    assert_true(slice_is(entry.origin, SMALL_NAME "/1"));
    assert_memory_equal(entry.rules.bytes, rules.records[0].rules->hash.bytes, HASH_BYTES);
    assert_int_equal(entry.agency, request->input.agency);
    assert_int_equal(entry.first, first);
    assert_int_equal(entry.count, request->input.chunk->count);
    assert_memory_equal(entry.digest.bytes, request->input.digest, HASH_BYTES);
    agency_key_make(story.ledger->draw.secret, entry.origin, entry.agency, key);
    salts_begin(&salts, key);
    salt_of_receipt(&salts, entry.first, entry.count, nonce);
    assert_memory_equal(entry.nonce, nonce, SALT_BYTES);
    kept_rules_free(&rules);
}

// What is sent gets a receipt from `first` on, alone in its commit.
static void assert_receipt(struct sent sent, uint64_t first) {
    sent.receipt = true;
    struct ledger_request *request = ask_one(sent);
    check_receipt(request, first, 1);
    discard_request(request);
}

static void assert_none(struct sent sent) {
    struct ledger_request *request = ask_one(sent);
    assert_null(request->answer.receipt);
    discard_request(request);
}

static void who_asks_gets_one(void **state) {
    (void)state;
    open_ledger(3);
    assert_receipt((struct sent){.agency = 2, .first = 0, .count = 5}, 0);
    assert_receipt((struct sent){.agency = 2, .first = 5, .count = 7, .last = true}, 5);
    assert_none((struct sent){.agency = 1, .first = 0, .count = 5});
}

static void it_is_for_what_was_sent_this_time(void **state) {
    (void)state;
    open_ledger(3);
    assert_receipt((struct sent){.first = 0, .count = 5}, 0);
    assert_receipt((struct sent){.first = 0, .count = 5}, 0);
    assert_receipt((struct sent){.first = 2, .count = 2}, 2);
    assert_receipt((struct sent){.first = 3, .count = 6}, 3);
    assert_receipt((struct sent){.first = NO_FIRST, .from = 9, .count = 4}, 9);
    assert_bets(13);
}

static void a_commit_has_one_signature(void **state) {
    (void)state;
    open_ledger(3);
    struct ledger_request *requests[TOGETHER];
    for (int i = 0; i < TOGETHER; i++) {
        requests[i] = request(.agency = (uint32_t)(i + 1), .first = 0, .count = i + 1, .receipt = true);
    }
    ask_together(requests, TOGETHER);
    for (int i = 0; i < TOGETHER; i++) {
        const struct ledger_receipt *receipt = requests[i]->answer.receipt,
                                    *other = requests[0]->answer.receipt;
        check_receipt(requests[i], 0, TOGETHER);
        assert_int_equal(receipt->note_length, other->note_length);
        assert_memory_equal(receipt->note, other->note, other->note_length);
    }
    for (int i = 0; i < TOGETHER; i++) {
        discard_request(requests[i]);
    }
}

static void what_is_refused_gets_none(void **state) {
    (void)state;
    open_ledger(3);
    struct ledger_request *requests[TOGETHER] = {
        request(.first = 0, .count = 3, .receipt = true), request(.first = 30, .count = 3, .receipt = true),
        request(.first = 3, .count = 0, .last = true, .receipt = true)};
    ask_together(requests, TOGETHER);
    check_receipt(requests[0], 0, 1);
    assert_error(&requests[1]->answer.error, ERROR_GAP);
    assert_null(requests[1]->answer.receipt);
    assert_error(&requests[2]->answer.error, ERROR_NONE);
    assert_null(requests[2]->answer.receipt); // it has no bets
    for (int i = 0; i < TOGETHER; i++) {
        discard_request(requests[i]);
    }
    assert_none((struct sent){.first = 0, .from = 50, .count = 3, .receipt = true}); // other bets
}

static void an_unsigned_draw_has_none(void **state) {
    (void)state;
    sign(false);
    open_ledger(3);
    assert_none((struct sent){.first = 0, .count = 5, .receipt = true});
    assert_int_equal(query("SELECT count(*) FROM agencies WHERE receipted"), 0);
}

static void without_a_commit_there_is_none(void **state) {
    (void)state;
    open_ledger(3);
    story.fault = FAIL_BEFORE;
    assert_none((struct sent){.first = 0, .count = 5, .receipt = true});
    story.fault = FAIL_AFTER; // it is stored, and nobody knows
    assert_none((struct sent){.first = 0, .count = 5, .receipt = true});
    assert_receipt((struct sent){.first = 0, .count = 5}, 0);
    assert_bets(5);
}

// Of a resend, whose bets are stored already, only that is new.
static void that_there_is_one_is_stored_before_it_is_given(void **state) {
    (void)state;
    open_ledger(3);
    assert_stored(.first = 0, .count = 5, .next = 5);
    story.fault = FAIL_BEFORE;
    assert_none((struct sent){.first = 0, .count = 5, .receipt = true});
    work_do(story.ledger); // the store is good again
    int before = story.commits;
    assert_receipt((struct sent){.first = 0, .count = 5}, 0);
    assert_int_equal(story.commits, before + 1);
    assert_int_equal(query("SELECT receipted FROM agencies WHERE agency = 1"), 1);
    before = story.commits;
    assert_receipt((struct sent){.first = 0, .count = 5}, 0);
    assert_int_equal(story.commits, before);
}

static void an_agency_that_has_one_is_not_reset(void **state) {
    (void)state;
    open_ledger(3);
    assert_stored(.agency = 1, .first = 0, .count = 5, .next = 5);
    assert_receipt((struct sent){.agency = 2, .first = 0, .count = 5}, 0);
    assert_error(&give(ORDER_RESET, (struct order_input){.agency = 1, .is_sure = true})->error, ERROR_NONE);
    assert_receipt((struct sent){.agency = 1, .first = 0, .from = 50, .count = 5}, 0);
    for (uint32_t agency = 1; agency <= 2; agency++) {
        assert_error(&give(ORDER_RESET, (struct order_input){.agency = agency})->error, ERROR_RECEIPTED);
        assert_error(&give(ORDER_RESET, (struct order_input){.agency = agency, .is_sure = true})->error,
                     ERROR_RECEIPTED);
    }
    restart(3);
    assert_error(&give(ORDER_RESET, (struct order_input){.agency = 2, .is_sure = true})->error,
                 ERROR_RECEIPTED);
    assert_int_equal(query("SELECT sum(count) FROM chunks"), 10);
}

// Its small chunks wait in the inbox meanwhile, and are filed.
static void whatever_it_sends_behind_it_keeps_that(void **state) {
    (void)state;
    open_ledger(3);
    assert_receipt((struct sent){.agency = 2, .first = 0, .count = 2}, 0);
    assert_stored(.agency = 2, .first = 2, .count = 2, .next = 4);
    assert_int_equal(query("SELECT count(*) FROM inbox"), 1);
    restart(3);
    assert_stored(.agency = 2, .first = 4, .count = 2, .next = 6);
    filing_limits.held_bytes = 0; // the next one that comes has it filed
    assert_stored(.agency = 1, .first = 0, .count = 2, .next = 2);
    restart(3);
    assert_int_equal(query("SELECT sum(count) FROM chunks WHERE agency = 2"), 6);
    assert_int_equal(query("SELECT receipted FROM agencies WHERE agency = 2"), 1);
    assert_error(&give(ORDER_RESET, (struct order_input){.agency = 2, .is_sure = true})->error,
                 ERROR_RECEIPTED);
}

// They go on under the rules that agencies can have seen.
static void a_change_that_is_not_shown_yet_is_not_named(void **state) {
    (void)state;
    open_ledger(3);
    assert_int_equal(temporary_remove(office.seals), 0);
    assert_error(&change_agencies(4)->error, ERROR_NONE);
    assert_receipt((struct sent){.first = 0, .count = 5}, 0);
}

static void resends_after_the_draw_get_one(void **state) {
    (void)state;
    open_ledger(1);
    assert_stored(.first = 0, .count = 5, .last = true, .next = 5);
    restart(1);
    assert_receipt((struct sent){.first = 0, .count = 5, .last = true}, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        SIGNING_TEST(who_asks_gets_one),
        SIGNING_TEST(it_is_for_what_was_sent_this_time),
        SIGNING_TEST(a_commit_has_one_signature),
        SIGNING_TEST(what_is_refused_gets_none),
        SIGNING_TEST(an_unsigned_draw_has_none),
        SIGNING_TEST(without_a_commit_there_is_none),
        SIGNING_TEST(that_there_is_one_is_stored_before_it_is_given),
        SIGNING_TEST(an_agency_that_has_one_is_not_reset),
        SIGNING_TEST(whatever_it_sends_behind_it_keeps_that),
        SIGNING_TEST(a_change_that_is_not_shown_yet_is_not_named),
        SIGNING_TEST(resends_after_the_draw_get_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
