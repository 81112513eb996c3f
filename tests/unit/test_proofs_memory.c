// What proves a signed draw is told whole, or not at all, whichever allocation fails.
#include "seal_story.h"
#include "service_story.h"

#include "allocations.h"

#include "ledger/notice.h"
#include "ledger/receipts.h"
#include "service/lottery/proofs.h"

static struct sealed *sealed;
static struct notice *notice;

static void fail_from_now_on(int until_failure) {
    allocations = (struct allocations){.counted = true, .until_failure = until_failure};
}

// Whether an allocation has failed.
static bool stop_failing(void) {
    bool failed = allocations.until_failure == 0;
    allocations = (struct allocations){.counted = false};
    return failed;
}

static int begin(void **state) {
    char room[4096];
    struct draft draft;
    struct error error;
    int status = set_up(state);
    sealed = seal_small();
    notice = notice_new();
    assert_non_null(notice);
    draft_begin(&draft, room, sizeof room);
    const struct signing_key *key = sealed->server;
    must(note_sign(&draft, sealed->rules->text, &key, 1, &error), &error);
    assert_true(notice_put_rules(notice, draft_text(&draft)));
    notice_put_secret(notice, slice_of(SMALL_ORIGIN), sealed->secret);
    assert_true(notice_put_seal(notice, seal_note(sealed)));
    assert_true(notice_put_result(notice, slice_of("result\n")));
    lottery_set_notice(lottery, notice);
    return status;
}

static int finish(void **state) {
    int status = tear_down(state);
    notice_free(notice);
    seal_end(sealed);
    return status;
}

// Whether the object, which is not ended, has the field, with something in it.
static bool has(const struct json_writer *fields, const char *name) {
    char text[32];
    snprintf(text, sizeof text, "\"%s\":\"", name);
    return memmem(fields->text, fields->length, text, strlen(text)) != NULL;
}

static void a_chunk_has_all_of_its_proof_or_is_not_answered(void **state) {
    (void)state;
    static struct ledger_receipt receipt = {.entry = "entry", .entry_length = 5, .path.length = 20};
    const struct proofs_wanted wants = {.rules = true, .receipt = true};
    receipt.note_length = sizeof receipt.note; // so long that the object grows for it
    memset(receipt.note, 'n', sizeof receipt.note);
    int failing = 0;
    for (bool failed = true; failed;) {
        struct json_writer fields = {0};
        fail_from_now_on(++failing);
        bool written = proofs_write_chunk(lottery, &wants, &receipt, &fields);
        failed = stop_failing();
        assert_int_equal(written, !failed);
        assert_true(failed || (has(&fields, "rules") && has(&fields, "entry") && has(&fields, "note")));
        proofs_free(&fields);
    }
    assert_true(failing > 3); // a copy, the object, and its growth
}

static void a_consultation_has_all_of_its_proof_or_is_not_answered(void **state) {
    (void)state;
    const struct proofs_wanted wants = {.rules = true, .seal = true, .key = true};
    int failing = 0;
    for (bool failed = true; failed;) {
        struct json_writer fields = {0};
        fail_from_now_on(++failing);
        bool written = proofs_write_consultation(lottery, &wants, 3, &fields);
        failed = stop_failing();
        assert_int_equal(written, !failed);
        assert_true(failed || (has(&fields, "rules") && has(&fields, "seal") && has(&fields, "result") &&
                               has(&fields, "key")));
        proofs_free(&fields);
    }
    assert_true(failing > 4); // three copies, and the object
}

// Another seal must not be taken for the same one, or for none.
static void a_seal_that_is_shown_is_judged_or_asked_for_again(void **state) {
    struct connection *connection = *state;
    char room[1024], text[CHECKPOINT_BYTES_MAX];
    struct checkpoint other = sealed->seal;
    struct draft draft;
    struct error error;
    other.root.bytes[0] ^= 1;
    draft_begin(&draft, room, sizeof room);
    const struct signing_key *key = sealed->server;
    must(note_sign(&draft, (struct slice){text, checkpoint_write(&other, text)}, &key, 1, &error), &error);
    const struct message message = {.type = MESSAGE_CONSULT_WINNERS,
                                    .agency = 3,
                                    .wants_seal = true,
                                    .seal = {draft_text(&draft).text, draft_text(&draft).length}};
    int failing = 0;
    for (bool failed = true; failed;) {
        struct proofs_wanted wants;
        fail_from_now_on(++failing);
        bool checked = proofs_check(connection, &message, &wants, &error);
        failed = stop_failing();
        assert_int_equal(checked, !failed);
        assert_true(failed || (wants.is_other && wants.shown_length == message.seal.length));
        if (failed) {
            assert_error(&error, ERROR_NO_MEMORY);
        }
        free(wants.shown);
    }
    assert_true(failing > 1);
}

// The one connection, as if it had just come.
static struct connection *come_anew(void) {
    struct connection *connection = connections[0];
    *connection = (struct connection){.state = connection->state, .open = true, .source = 1};
    memset(connection->state, 0, lottery_handler.connection_bytes);
    lottery_handler.opened(connection);
    return connection;
}

// By the whole way, from its bytes to its answer.
static void a_question_is_answered_whole_or_its_connection_ends(void **state) {
    (void)state;
    static const char *const texts[] = {
        "{\"type_message\":3,\"agency\":4,\"wait\":false,\"seal\":true,\"rules\":true}",
        "{\"type_message\":1,\"agency\":4,\"first\":0,\"rules\":true,\"payload\":[]}"};
    for (size_t i = 0; i < 2; i++) {
        uint8_t frame[256 + JSON_PADDING_BYTES] = {0};
        size_t length = strlen(texts[i]);
        int failing = 0;
        frame_write_header(frame, length);
        memcpy(frame + FRAME_HEADER_BYTES, texts[i], length);
        for (bool failed = true; failed;) {
            struct connection *connection = come_anew();
            fail_from_now_on(++failing);
            (void)lottery_handler.received(connection, frame, FRAME_HEADER_BYTES + length);
            pass();
            failed = stop_failing();
            bool is_whole = was_sent(connection, "\"rules\":\"") && was_sent(connection, "\"payload\":null");
            assert_true(failed || is_whole);
            assert_true(is_whole || !connection->open || was_sent(connection, "\"retryable\":true"));
            if (connection->open) {
                connection_abort(connection);
            }
            assert_int_equal(connection->holds + connection->charged, 0);
        }
        assert_true(failing > 2);
    }
}

#define TEST(story) cmocka_unit_test_setup_teardown(story, begin, finish)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(a_chunk_has_all_of_its_proof_or_is_not_answered),
        TEST(a_consultation_has_all_of_its_proof_or_is_not_answered),
        TEST(a_seal_that_is_shown_is_judged_or_asked_for_again),
        TEST(a_question_is_answered_whole_or_its_connection_ends),
    };
    log_set_level(LOG_LEVEL_CRITICAL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
