// Agencies that ask are told what proves a signed draw, each in its time, and others see no difference.
#include "seal_story.h"
#include "service_story.h"

#include "bet/errors.h"
#include "ledger/notice.h"
#include "ledger/receipts.h"
#include "service/lottery/proofs.h"
#include "wire/json_text.h"

#define DRAW "friday, opened 2026-11-25T08:00:00Z"
#define BET "\"Ana,Paz,1,1999-03-17,7574\""

static struct sealed *sealed;
static struct notice *notice;
static struct message_decoder *decoder;

static struct slice note_of(const struct signing_key *key, struct slice text, char *room, size_t max) {
    struct draft draft;
    struct error error;
    draft_begin(&draft, room, max);
    must(note_sign(&draft, text, &key, 1, &error), &error);
    return draft_text(&draft);
}

static int begin(void **state) {
    char room[4096];
    int status = set_up(state);
    sealed = seal_small();
    notice = notice_new();
    decoder = message_decoder_new();
    assert_true(notice != NULL && decoder != NULL);
    assert_true(notice_put_rules(notice, note_of(sealed->server, sealed->rules->text, room, sizeof room)));
    notice_put_secret(notice, slice_of(SMALL_ORIGIN), sealed->secret);
    lottery_set_notice(lottery, notice);
    lottery_set_draw(lottery, DRAW);
    return status;
}

static int finish(void **state) {
    int status = tear_down(state);
    message_decoder_free(decoder);
    notice_free(notice);
    seal_end(sealed);
    return status;
}

// The seal is there, and the loop has heard of it.
static void put_seal(struct slice note) {
    assert_true(notice_put_seal(notice, note));
    assert_true(loop.woken);
    pass();
}

// What was sent last to the connection, since the last look.
static struct reply read_reply(struct connection *connection) {
    static uint8_t bytes[SENT_BYTES_MAX + JSON_PADDING_BYTES];
    const uint8_t *message;
    size_t length;
    struct reply reply;
    struct error error;
    memcpy(bytes, connection->sent, connection->sent_length);
    assert_int_equal(frame_next(bytes, connection->sent_length, REPLY_BYTES_MAX, &message, &length),
                     FRAME_COMPLETE);
    assert_int_equal(connection->sent_length, FRAME_HEADER_BYTES + length); // one answer, and no other
    must(reply_decode(decoder, message, length, &reply, &error), &error);
    connection->sent_length = 0;
    return reply;
}

static void assert_text(struct bet_slice is, struct slice expected) {
    assert_non_null(is.text);
    assert_int_equal(is.length, expected.length);
    assert_memory_equal(is.text, expected.text, is.length);
}

static void show(struct connection *connection, struct slice note, bool wait) {
    const struct message_consultation asks = {.agency = 3, .wait = wait, .seal = {note.text, note.length}};
    uint8_t *frame = malloc(message_consultation_bytes_max(&asks));
    assert_non_null(frame);
    say(connection, frame, message_encode_consultation(frame, &asks));
    free(frame);
}

// The seal of another root, rightly signed.
static struct slice other_seal(void) {
    static char room[1024];
    struct checkpoint seal = sealed->seal;
    char text[CHECKPOINT_BYTES_MAX];
    seal.root.bytes[0] ^= 1;
    return note_of(sealed->server, (struct slice){text, checkpoint_write(&seal, text)}, room, sizeof room);
}

// Chunks
// -----------------------------------------------------------------------------------------------------

static void a_chunk_that_asks_is_told(void **state) {
    struct connection *connection = *state;
    say_text(connection, "{\"type_message\":1,\"agency\":3,\"first\":0,\"rules\":true,\"receipt\":true,"
                         "\"draw\":true,\"payload\":[" BET "]}");
    struct ledger_request *request = last_request();
    assert_true(request->input.wants_receipt);
    struct ledger_receipt *receipt = calloc(1, sizeof *receipt);
    receipt->entry_length = (size_t)sprintf(receipt->entry, "entry");
    receipt->index = 7;
    receipt->path.length = 2;
    receipt->path.hashes[1].bytes[0] = 0xff;
    receipt->note_length = (size_t)sprintf(receipt->note, "note\n");
    request->answer.receipt = receipt;
    request->answer.next = 1;
    pass();
    struct reply reply = read_reply(connection);
    size_t length;
    bool no_memory;
    char *rules = notice_rules(notice, &length, &no_memory);
    assert_text(reply.rules, (struct slice){rules, length});
    free(rules);
    assert_string_equal(reply.draw, DRAW);
    assert_true(reply.has_receipt);
    assert_text(reply.receipt.entry, slice_of("ZW50cnk="));
    assert_int_equal(reply.receipt.index, 7);
    assert_int_equal(reply.receipt.path_length, 2);
    assert_text(reply.receipt.path[1], slice_of("/wAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="));
    assert_text(reply.receipt.note, slice_of("note\n"));
}

static void who_does_not_ask_gets_what_it_always_got(void **state) {
    struct connection *connection = *state;
    static const char *const texts[] = {"{\"type_message\":1,\"payload\":null,\"next\":1}",
                                        "{\"type_message\":3,\"payload\":null,\"retry_after_ms\":1000}"};
    put_seal(seal_note(sealed));
    say_text(connection, "{\"type_message\":1,\"agency\":3,\"first\":0,\"payload\":[" BET "]}");
    assert_false(last_request()->input.wants_receipt);
    last_request()->answer.next = 1;
    say_text(connection, "{\"type_message\":3,\"agency\":3,\"wait\":false}");
    pass();
    assert_true(were_sent_in_order(connection, texts, 2));
    assert_int_equal(connection->sent_length, 2 * FRAME_HEADER_BYTES + strlen(texts[0]) + strlen(texts[1]));
}

static void a_draw_without_rules_says_so(void **state) {
    struct connection *connection = *state;
    lottery_set_notice(lottery, NULL);
    say_text(connection,
             "{\"type_message\":1,\"agency\":3,\"first\":0,\"rules\":true,\"receipt\":true,\"payload\":[]}");
    last_request()->answer.next = 0;
    pass();
    assert_true(was_sent(connection, "\"next\":0,\"rules\":null}"));
}

// Before anything of the chunk is stored.
static void rules_that_are_too_long_are_refused(void **state) {
    struct connection *connection = *state;
    static char rules[RULES_TOLD_BYTES_MAX + 1];
    memset(rules, 'x', sizeof rules);
    assert_true(notice_put_rules(notice, (struct slice){rules, sizeof rules}));
    say_text(connection,
             "{\"type_message\":1,\"agency\":3,\"first\":0,\"rules\":true,\"payload\":[" BET "]}");
    assert_error(&last_request()->answer.error, ERROR_RULES_TOO_LONG);
    assert_null(last_request()->input.chunk);
    pass();
    assert_true(was_sent(connection, "rules-*.note in SEAL_DIR"));
    assert_true(notice_put_rules(notice, (struct slice){rules, sizeof rules - 1}));
    say_text(connection, "{\"type_message\":1,\"agency\":3,\"first\":0,\"rules\":true,\"payload\":[]}");
    assert_error(&last_request()->answer.error, ERROR_NONE);
    worker.requests[worker.count - 1]->answer.error =
        (struct error){.code = ERROR_SHUTTING_DOWN}; // not sent here
    pass();
}

static void a_message_for_another_draw_is_refused(void **state) {
    struct connection *connection = *state;
    static const char *const others[] = {"saturday, opened 2026-11-26T08:00:00Z", "", DRAW " "};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        char text[256];
        sprintf(
            text,
            "{\"type_message\":2,\"agency\":3,\"first\":1,\"draw\":true,\"only_draw\":\"%s\",\"payload\":[]}",
            others[i]);
        say_text(connection, text);
        assert_error(&last_request()->answer.error, ERROR_OTHER_DRAW);
        assert_null(last_request()->input.chunk); // nothing ends there
        pass();
        struct reply reply = read_reply(connection);
        assert_string_equal(reply.error_name, "other_draw");
        assert_false(reply.retryable);
        assert_string_equal(reply.draw, DRAW);
    }
    say_text(connection,
             "{\"type_message\":2,\"agency\":3,\"first\":1,\"only_draw\":\"" DRAW "\",\"payload\":[]}");
    assert_error(&last_request()->answer.error, ERROR_NONE);
    assert_non_null(last_request()->input.chunk);
    pass();
}

// The seal
// ---------------------------------------------------------------------------------------------------

static void the_seal_comes_to_those_that_wait_for_it(void **state) {
    struct connection *connection = *state, *other = come(2);
    say_text(connection, "{\"type_message\":3,\"agency\":3,\"seal\":true}");
    consult(other, 4); // waits for the draw
    pass();
    assert_int_equal(connection->sent_length, 0);
    put_seal(seal_note(sealed));
    struct reply reply = read_reply(connection);
    assert_int_equal(reply.type, REPLY_WINNERS_NOT_READY);
    assert_text(reply.seal, seal_note(sealed));
    assert_int_equal(other->sent_length, 0);
    show(connection, seal_note(sealed), true); // and now it waits for the draw
    pass();
    put_seal(seal_note(sealed)); // with a cosignature, say
    assert_int_equal(connection->sent_length, 0);
    assert_true(notice_put_result(notice, slice_of("result\n")));
    draw(3, 1);
    pass();
    reply = read_reply(connection);
    assert_int_equal(reply.type, REPLY_WINNERS);
    assert_int_equal(reply.winners.length, 16);
    assert_text(reply.seal, seal_note(sealed));
    assert_text(reply.result, slice_of("result\n"));
    assert_true(was_sent(other, "{\"type_message\":2,\"payload\":\"\"}"));
}

// It may be closed by what the one before gives back when it ends (flow.h). The latest to wait is told first.
static void it_comes_to_those_behind_one_that_has_ended(void **state) {
    struct connection *waits[] = {*state, come(2), come(3), come(4)};
    for (int i = 0; i < 4; i++) {
        say_text(waits[i], "{\"type_message\":3,\"agency\":3,\"seal\":true}");
    }
    pass();
    waits[3]->breaks = true;
    waits[3]->takes_along = waits[2];
    put_seal(seal_note(sealed));
    assert_false(waits[3]->open || waits[2]->open);
    assert_text(read_reply(waits[1]).seal, seal_note(sealed));
    assert_text(read_reply(waits[0]).seal, seal_note(sealed));
}

static void from_the_seal_on_it_is_told_at_once(void **state) {
    struct connection *connection = *state;
    say_text(connection, "{\"type_message\":3,\"agency\":3,\"wait\":false,\"seal\":true,\"rules\":true}");
    pass();
    struct reply reply = read_reply(connection);
    assert_null(reply.seal.text);
    assert_non_null(reply.rules.text);
    put_seal(seal_note(sealed));
    for (int waits = 0; waits <= 1; waits++) {
        say_text(connection, waits ? "{\"type_message\":3,\"agency\":3,\"seal\":true}"
                                   : "{\"type_message\":3,\"agency\":3,\"seal\":true,\"wait\":false}");
        pass();
        assert_text(read_reply(connection).seal, seal_note(sealed));
    }
}

static void another_seal_goes_to_the_ledger(void **state) {
    struct connection *connection = *state;
    put_seal(seal_note(sealed));
    show(connection, other_seal(), true);
    struct ledger_request *request = last_request();
    assert_int_equal(request->input.type, LEDGER_SHOWN_SEAL);
    assert_int_equal(request->input.shown_length, other_seal().length);
    assert_memory_equal(request->input.shown, other_seal().text, request->input.shown_length);
    error_set(&request->answer.error, ERROR_CONFLICT, "two seals");
    pass();
    assert_int_equal(read_reply(connection).type, REPLY_ERROR);
    show(connection, other_seal(), true);
    pass(); // where the ledger sees nothing wrong with it, it waits
    assert_int_equal(connection->sent_length, 0);
    assert_int_equal(worker.count, 0);
}

// Of a note only what proves it is handed on: the text and the draw's key's line.
static void what_others_have_signed_is_left_out(void **state) {
    struct connection *connection = *state;
    char room[2048];
    put_seal(seal_note(sealed));
    struct slice seal = other_seal();
    int length = snprintf(room, sizeof room, "%.*s\xe2\x80\x94 witness.example/w1 AAAAAAAA\n",
                          (int)seal.length, seal.text);
    show(connection, (struct slice){room, (size_t)length}, true);
    assert_int_equal(last_request()->input.shown_length, seal.length);
    assert_memory_equal(last_request()->input.shown, seal.text, seal.length);
    pass();
}

// This server was restored from before the seal: it compares once it has its own.
static void a_seal_that_is_shown_early_is_compared_later(void **state) {
    struct connection *connection = *state, *other = come(2);
    show(connection, seal_note(sealed), true);
    show(other, other_seal(), true);
    assert_int_equal(last_request()->input.type, LEDGER_SHOWN_SEAL); // which is for the ledger to know, too
    pass();
    assert_int_equal(connection->sent_length + other->sent_length, 0);
    assert_true(notice_put_seal(notice, seal_note(sealed)));
    pass(); // the loop hears of it
    assert_int_equal(worker.count, 1);
    assert_int_equal(last_request()->input.type, LEDGER_SHOWN_SEAL);
    assert_memory_equal(last_request()->input.shown, other_seal().text, last_request()->input.shown_length);
    error_set(&last_request()->answer.error, ERROR_CONFLICT, "two seals");
    pass();
    assert_int_equal(read_reply(other).type, REPLY_ERROR);
    assert_int_equal(connection->sent_length, 0); // its own is right
}

// Seal and winners reach the loop together, as when the number was fixed.
static void nobody_gets_winners_before_that(void **state) {
    struct connection *connection = *state;
    show(connection, other_seal(), true);
    pass();
    assert_true(notice_put_seal(notice, seal_note(sealed)));
    draw(3, 1);
    pass();
    assert_int_equal(connection->sent_length, 0);
    assert_int_equal(last_request()->input.type, LEDGER_SHOWN_SEAL);
    error_set(&last_request()->answer.error, ERROR_CONFLICT, "two seals");
    pass();
    assert_int_equal(read_reply(connection).type, REPLY_ERROR);
}

// It came while the question was with the ledger, and so nobody tells of it again.
static void a_seal_that_comes_meanwhile_is_not_missed(void **state) {
    struct connection *connection = *state;
    say_text(connection, "{\"type_message\":3,\"agency\":3,\"seal\":true}");
    assert_true(notice_put_seal(notice, seal_note(sealed)));
    lottery_handler.loop_woken(&loop, loop.state);
    pass();
    assert_text(read_reply(connection).seal, seal_note(sealed));
}

static void what_is_no_seal_of_this_draw_is_refused(void **state) {
    struct connection *connection = *state;
    char room[1024], text[CHECKPOINT_BYTES_MAX];
    struct signing_key *other_key = seal_key(SMALL_NAME, VKEY_ED25519, 0x33);
    struct checkpoint seal = sealed->seal;
    seal.origin = slice_of(SMALL_NAME "/2026-11-26");
    const struct slice text_of_other = {text, checkpoint_write(&seal, text)};
    put_seal(seal_note(sealed));
    show(connection, slice_of("no note"), true);
    assert_error(&last_request()->answer.error, ERROR_BAD_MESSAGE);
    show(connection, note_of(sealed->server, text_of_other, room, sizeof room), true);
    assert_error(&last_request()->answer.error, ERROR_BAD_MESSAGE);
    assert_non_null(strstr(last_request()->answer.error.text, "of another draw"));
    seal = sealed->seal;
    seal.root.bytes[0] ^= 1;
    const struct slice other_root = {text, checkpoint_write(&seal, text)};
    show(connection, note_of(other_key, other_root, room, sizeof room), true);
    assert_error(&last_request()->answer.error, ERROR_BAD_MESSAGE);
    assert_string_equal(last_request()->answer.error.field, "seal");
    lottery_set_notice(lottery, NULL);
    show(connection, seal_note(sealed), true);
    assert_error(&last_request()->answer.error, ERROR_BAD_MESSAGE);
    assert_non_null(strstr(last_request()->answer.error.text, "is not signed"));
    for (size_t i = 0; i < worker.count; i++) {
        assert_int_equal(worker.requests[i]->input.type, LEDGER_PASS);
    }
    pass();
    signing_key_free(other_key);
}

static void many_winners_have_their_proof_behind_them(void **state) {
    struct connection *connection = *state;
    put_seal(seal_note(sealed));
    assert_true(notice_put_result(notice, slice_of("result\n")));
    draw(3, 1000);
    say_text(connection, "{\"type_message\":3,\"agency\":3,\"seal\":true}");
    pass();
    assert_int_equal(connection->lasting_length, 1000 * 17 - 1);
    const uint8_t *sent = connection->sent;
    size_t claimed = (size_t)sent[1] << 16 | (size_t)sent[2] << 8 | sent[3];
    assert_int_equal(claimed + FRAME_HEADER_BYTES, connection->sent_length + connection->lasting_length);
    assert_true(was_sent(connection, "\",\"seal\":\""));
    assert_true(was_sent(connection, "\"result\":\"result\\u000a\"}"));
}

// The salt key
// -----------------------------------------------------------------------------------------------

static void a_salt_key_is_for_its_agency_alone_and_after_the_seal(void **state) {
    struct connection *plain = *state, *own = come_with_certificate("3"), *other = come_with_certificate("4");
    static const char asks[] = "{\"type_message\":3,\"agency\":3,\"wait\":false,\"key\":true}";
    say_text(own, asks);
    pass();
    assert_null(read_reply(own).key.text);
    put_seal(seal_note(sealed));
    say_text(own, asks);
    pass();
    uint8_t key[AGENCY_KEY_BYTES];
    char text[BASE64_TEXT_BYTES(AGENCY_KEY_BYTES)];
    agency_key_make(sealed->secret, slice_of(SMALL_ORIGIN), 3, key);
    base64_encode(key, sizeof key, text);
    assert_text(read_reply(own).key, slice_of(text));
    say_text(plain, asks);
    assert_error(&last_request()->answer.error, ERROR_BAD_MESSAGE);
    assert_string_equal(last_request()->answer.error.field, "key");
    say_text(other, asks);
    assert_error(&last_request()->answer.error, ERROR_NOT_AUTHORIZED);
    pass();
    assert_false(was_sent(plain, text));
    assert_false(was_sent(other, text));
}

#define TEST(story) cmocka_unit_test_setup_teardown(story, begin, finish)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(a_chunk_that_asks_is_told),
        TEST(who_does_not_ask_gets_what_it_always_got),
        TEST(a_draw_without_rules_says_so),
        TEST(rules_that_are_too_long_are_refused),
        TEST(a_message_for_another_draw_is_refused),
        TEST(the_seal_comes_to_those_that_wait_for_it),
        TEST(it_comes_to_those_behind_one_that_has_ended),
        TEST(from_the_seal_on_it_is_told_at_once),
        TEST(another_seal_goes_to_the_ledger),
        TEST(what_others_have_signed_is_left_out),
        TEST(a_seal_that_is_shown_early_is_compared_later),
        TEST(nobody_gets_winners_before_that),
        TEST(a_seal_that_comes_meanwhile_is_not_missed),
        TEST(what_is_no_seal_of_this_draw_is_refused),
        TEST(many_winners_have_their_proof_behind_them),
        TEST(a_salt_key_is_for_its_agency_alone_and_after_the_seal),
    };
    log_set_level(LOG_LEVEL_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
