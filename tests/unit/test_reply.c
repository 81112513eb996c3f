// The central's answers are written as the golden files say, and read back.
#include "decoder_story.h"

#include "bet/errors.h"
#include "golden.h"
#include "wire/frame.h"
#include "wire/reply.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LISTED(code, name, retryable) code,

static void assert_golden(const uint8_t *frame, size_t length, const char *name) {
    struct golden golden;
    golden_read(name, &golden);
    assert_int_equal(length, golden.length);
    assert_memory_equal(frame, golden.bytes, length);
}

static struct error bad_bet(void) {
    struct error error;
    error_set(&error, ERROR_BAD_BET, "numero: is \"x\"");
    error.bet = 3;
    error.field = "numero";
    return error;
}

static void we_write_the_golden_replies(void **state) {
    (void)state;
    static uint8_t frame[REPLY_SMALL_BYTES_MAX];
    struct error error = bad_bet();
    assert_golden(frame, reply_encode_processed(frame, 27), "reply-processed.bin");
    assert_golden(frame, reply_encode_not_ready(frame, 1000), "reply-not-ready.bin");
    assert_golden(frame, reply_encode_error(frame, &error, -1), "reply-error.bin");
    error_set(&error, ERROR_GAP, "a gap");
    assert_golden(frame, reply_encode_error(frame, &error, 10), "reply-gap.bin");
    assert_golden(frame, reply_encode_winners(frame, "30876370,24807259", 17), "reply-winners.bin");
    assert_golden(frame, reply_encode_winners(frame, "", 0), "reply-no-winners.bin");
}

static bool decode(struct golden *golden, struct reply *reply, struct error *error) {
    return reply_decode(decoder, golden->bytes + FRAME_HEADER_BYTES, golden->length - FRAME_HEADER_BYTES,
                        reply, error);
}

static struct reply read_golden(const char *name) {
    static struct golden golden; // what a reply's texts point into lives in the decoder
    struct reply reply;
    struct error error;
    golden_read(name, &golden);
    assert_true(decode(&golden, &reply, &error));
    return reply;
}

static void we_read_them(void **state) {
    (void)state;
    struct reply reply = read_golden("reply-processed.bin");
    assert_int_equal(reply.type, REPLY_CHUNK_PROCESSED);
    assert_int_equal(reply.next, 27);
    assert_int_equal(read_golden("reply-classic-processed.bin").next, -1);
    reply = read_golden("reply-winners.bin");
    assert_int_equal(reply.winners.length, 17);
    assert_memory_equal(reply.winners.text, "30876370,24807259", 17);
    assert_int_equal(read_golden("reply-no-winners.bin").winners.length, 0);
    assert_int_equal(read_golden("reply-not-ready.bin").retry_after_ms, 1000);
    reply = read_golden("reply-gap.bin");
    assert_error(&reply.error, ERROR_GAP);
    assert_true(reply.retryable);
    assert_int_equal(reply.next, 10);
    reply = read_golden("reply-error.bin");
    assert_false(reply.retryable);
    assert_string_equal(reply.error_name, "bad_bet");
    assert_string_equal(reply.error.text, "numero: is \"x\"");
    assert_int_equal(reply.error.bet, 3);
    assert_true(reply.time_ms == -1 && read_golden("reply-time.bin").time_ms == 1795694400123);
}

static const struct piece *known_pieces(void) {
    static struct piece pieces[2] = {{.first = 0, .count = 1002}, {.first = 1002, .count = 2000}};
    static const uint8_t digest[] = {0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef};
    pieces[0].digest[CHUNK_DIGEST_BYTES - 1] = 0xff;
    for (size_t i = 0; i < CHUNK_DIGEST_BYTES; i++) {
        pieces[1].digest[i] = digest[i % sizeof digest];
    }
    return pieces;
}

static void what_is_stored_is_listed(void **state) {
    (void)state;
    const struct piece *pieces = known_pieces();
    uint8_t frame[1024];
    size_t length = reply_encode_stored(frame, 3002, pieces, 2);
    assert_true(length <= reply_stored_bytes_max(2));
    assert_golden(frame, length, "reply-stored.bin");
    struct reply reply = read_golden("reply-stored.bin");
    assert_int_equal(reply.type, REPLY_CHUNK_PROCESSED);
    assert_int_equal(reply.next, 3002);
    assert_int_equal(reply.piece_count, 2);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(reply.pieces[i].first, pieces[i].first);
        assert_int_equal(reply.pieces[i].count, pieces[i].count);
        assert_memory_equal(reply.pieces[i].digest, pieces[i].digest, CHUNK_DIGEST_BYTES);
    }
    reply = read_golden("reply-processed.bin");
    assert_null(reply.pieces);
    assert_int_equal(reply.piece_count, 0);
}

static void as_much_as_is_listed_at_once(void **state) {
    (void)state;
    struct piece *pieces = calloc(PIECES_LISTED_MAX + 1, sizeof *pieces);
    uint8_t *frame = malloc(reply_stored_bytes_max(PIECES_LISTED_MAX + 1) + JSON_PADDING_BYTES);
    for (size_t i = 0; i <= PIECES_LISTED_MAX; i++) {
        pieces[i].first = INT64_MAX - CHUNK_BETS_MAX;
        pieces[i].count = CHUNK_BETS_MAX;
    }
    for (size_t count = PIECES_LISTED_MAX; count <= PIECES_LISTED_MAX + 1; count++) {
        struct reply reply;
        struct error error;
        size_t length = reply_encode_stored(frame, INT64_MAX, pieces, count);
        assert_true(length <= reply_stored_bytes_max(count));
        bool decoded =
            reply_decode(decoder, frame + FRAME_HEADER_BYTES, length - FRAME_HEADER_BYTES, &reply, &error);
        assert_int_equal(decoded, count == PIECES_LISTED_MAX);
        assert_int_equal(reply.piece_count, PIECES_LISTED_MAX);
    }
    free(frame);
    free(pieces);
}

#define DIGEST "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static void what_is_no_list_is_refused(void **state) {
    (void)state;
    static const char *const lists[] = {
        "[1]",
        "[{}]",
        "[null]",
        "[[]]",
        "[{\"first\":0,\"count\":1}]",
        "[{\"first\":0,\"count\":0,\"digest\":\"" DIGEST "\"}]",
        "[{\"first\":-1,\"count\":1,\"digest\":\"" DIGEST "\"}]",
        "[{\"first\":0,\"count\":-1,\"digest\":\"" DIGEST "\"}]",
        "[{\"first\":0,\"count\":1000000,\"digest\":\"" DIGEST "\"}]",
        "[{\"first\":0,\"first\":0,\"count\":1,\"digest\":\"" DIGEST "\"}]",
        "[{\"first\":9223372036854775807,\"count\":1,\"digest\":\"" DIGEST "\"}]",
        "[{\"first\":0,\"count\":1,\"digest\":\"" DIGEST "0\"}]",
        "[{\"first\":0,\"count\":1,\"digest\":"
        "\"G123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\"}]",
        "[{\"first\":0,\"count\":1,\"digest\":7}]",
        "[{\"first\":0,\"count\":1,\"digest\":\"" DIGEST "\"},7]",
    };
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        struct golden golden = {0};
        struct reply reply;
        struct error error;
        golden.length =
            FRAME_HEADER_BYTES + (size_t)sprintf((char *)golden.bytes + FRAME_HEADER_BYTES,
                                                 "{\"type_message\":1,\"next\":9,\"stored\":%s}", lists[i]);
        if (decode(&golden, &reply, &error)) {
            fail_msg("%s was taken", lists[i]);
        }
        assert_error(&error, ERROR_BAD_MESSAGE);
        assert_string_equal(error.text, "the central's list of what is stored cannot be read");
    }
}

static void lists_at_their_limits_are_taken(void **state) {
    (void)state;
    static const char *const lists[] = {
        "[]",
        "[{\"first\":0,\"count\":1,\"digest\":\"" DIGEST "\"}]",
        "[{\"first\":9223372036854775806,\"count\":1,\"digest\":\"" DIGEST "\",\"novelty\":1}]",
    };
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        char text[256];
        struct golden golden = {0};
        struct reply reply;
        struct error error;
        sprintf(text, "{\"type_message\":1,\"next\":9,\"stored\":%s}", lists[i]);
        golden.length = FRAME_HEADER_BYTES + strlen(text);
        memcpy(golden.bytes + FRAME_HEADER_BYTES, text, strlen(text));
        if (!decode(&golden, &reply, &error)) {
            fail_msg("%s: %s", lists[i], error.text);
        }
        assert_non_null(reply.pieces);
        assert_int_equal(reply.piece_count, i > 0);
    }
}

static void what_is_no_reply_is_refused(void **state) {
    (void)state;
    static const char *const texts[] = {
        "",
        "[]",
        "{}",
        "{\"type_message\":9}",
        "{\"type_message\":0}",
        "{\"type_message\":5}",
        "{\"type_message\":\"1\"}",
        "{\"type_message\":2}",
        "{\"type_message\":2,\"payload\":5}",
        "{\"type_message\":4,\"payload\":\"x\"}",
        "{\"type_message\":4,\"payload\":{}}",
        "{\"type_message\":4,\"payload\":{\"code\":5}}",
        "{\"type_message\":4,\"payload\":{\"code\":\"gap\",\"code\":\"gap\"}}"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct golden golden = {.length = FRAME_HEADER_BYTES + strlen(texts[i])};
        struct reply reply;
        struct error error;
        memcpy(golden.bytes + FRAME_HEADER_BYTES, texts[i], strlen(texts[i]));
        assert_false(decode(&golden, &reply, &error));
        assert_error(&error, i == 0 ? ERROR_BAD_JSON : ERROR_BAD_MESSAGE);
    }
}

static bool decode_text(const char *text, struct reply *reply, struct error *error) {
    struct golden golden = {.length = FRAME_HEADER_BYTES + strlen(text)};
    memcpy(golden.bytes + FRAME_HEADER_BYTES, text, strlen(text));
    return decode(&golden, reply, error);
}

static void every_code_travels_by_its_name(void **state) {
    (void)state;
    static const struct error_code *const codes[] = {LOTTERY_ERRORS(LISTED) ERROR_BAD_SETTING, ERROR_SYSTEM,
                                                     ERROR_NETWORK, ERROR_NO_MEMORY};
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        const struct error_code *code = codes[i];
        struct golden golden = {0};
        struct error error, ignored;
        struct reply reply;
        assert_code(lottery_error_named(error_name(code)), code);
        error_set(&error, code, "code %zu", i);
        golden.length = reply_encode_error(golden.bytes, &error, code == ERROR_CONFLICT ? 7 : -1);
        assert_true(decode(&golden, &reply, &ignored));
        assert_int_equal(reply.type, REPLY_ERROR);
        assert_error(&reply.error, code);
        assert_string_equal(reply.error_name, error_name(code));
        assert_string_equal(reply.error.text, error.text);
        assert_int_equal(reply.retryable, error_retryable(code));
        assert_int_equal(reply.error.bet, -1);
        assert_int_equal(reply.next, code == ERROR_CONFLICT ? 7 : -1);
    }
    assert_code(lottery_error_named("none"), ERROR_NONE);
    assert_code(lottery_error_named(""), ERROR_NONE);
}

static void the_first_bet_and_none_stored_are_told(void **state) {
    (void)state;
    struct golden golden = {0};
    struct error error = bad_bet(), ignored;
    struct reply reply;
    error.bet = 0;
    golden.length = reply_encode_error(golden.bytes, &error, 0);
    assert_true(decode(&golden, &reply, &ignored));
    assert_int_equal(reply.error.bet, 0);
    assert_int_equal(reply.next, 0);
}

// What may pass is tried again; what is wrong with the request itself is not.
static void which_errors_are_retryable(void **state) {
    (void)state;
    static const struct error_code *const retryable[] = {ERROR_GAP, ERROR_STORE_FAILED, ERROR_SHUTTING_DOWN};
    static const struct error_code *const final[] = {
        ERROR_BAD_FRAME, ERROR_BAD_JSON, ERROR_BAD_MESSAGE,    ERROR_UNKNOWN_TYPE,
        ERROR_BAD_BET,   ERROR_CONFLICT, ERROR_UNKNOWN_AGENCY, ERROR_AGENCY_FINISHED};
    for (size_t i = 0; i < sizeof retryable / sizeof retryable[0]; i++) {
        assert_true(error_retryable(retryable[i]));
    }
    for (size_t i = 0; i < sizeof final / sizeof final[0]; i++) {
        assert_false(error_retryable(final[i]));
    }
}

static void an_error_that_we_do_not_know_is_read(void **state) {
    (void)state;
    struct reply reply;
    struct error error;
    assert_true(
        decode_text("{\"type_message\":4,\"payload\":{\"code\":\"a_novelty_whose_name_is_longer_than_ours\","
                    "\"retryable\":true,\"novelty\":{}}}",
                    &reply, &error));
    assert_error(&reply.error, ERROR_UNKNOWN);
    assert_true(reply.retryable);
    assert_string_equal(reply.error_name, "a_novelty_whose_name_is_longer_");
    assert_string_equal(reply.error.text, "");
    assert_int_equal(reply.error.bet, -1);
    assert_true(
        decode_text("{\"type_message\":1,\"novelty\":[1],\"next\":9223372036854775807}", &reply, &error));
    assert_true(reply.next == INT64_MAX);
}

static void numbers_may_be_zero(void **state) {
    (void)state;
    struct reply reply;
    struct error error;
    assert_true(decode_text("{\"type_message\":3,\"retry_after_ms\":0,\"next\":0}", &reply, &error));
    assert_int_equal(reply.retry_after_ms, 0);
    assert_int_equal(reply.next, 0);
    assert_true(
        decode_text("{\"type_message\":4,\"payload\":{\"code\":\"bad_bet\",\"bet\":0}}", &reply, &error));
    assert_int_equal(reply.error.bet, 0);
}

static void an_error_is_retryable_only_when_it_says_so(void **state) {
    (void)state;
    static const char *const texts[] = {"", ",\"retryable\":null", ",\"retryable\":1",
                                        ",\"retryable\":false"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        char text[128];
        struct reply reply;
        struct error error;
        snprintf(text, sizeof text, "{\"type_message\":4,\"payload\":{\"code\":\"gap\"%s}}", texts[i]);
        assert_true(decode_text(text, &reply, &error));
        assert_error(&reply.error, ERROR_GAP);
        assert_false(reply.retryable);
    }
}

static void many_winners(void **state) {
    (void)state;
    enum { WINNERS = 200000, EACH = 9 };
    char *documents = malloc(WINNERS * EACH + 1);
    for (int i = 0; i < WINNERS; i++) {
        sprintf(documents + (size_t)i * EACH, "%08d,", i);
    }
    size_t length = WINNERS * EACH - 1, message_length;
    uint8_t *frame = malloc(REPLY_WINNERS_AROUND_BYTES + length + JSON_PADDING_BYTES);
    const uint8_t *message;
    struct reply reply;
    struct error error;
    size_t bytes = reply_encode_winners(frame, documents, length);
    assert_int_equal(frame_next(frame, bytes, REPLY_BYTES_MAX, &message, &message_length), FRAME_COMPLETE);
    assert_true(reply_decode(decoder, message, message_length, &reply, &error));
    assert_int_equal(reply.winners.length, length);
    assert_memory_equal(reply.winners.text, documents, length);
    free(frame);
    free(documents);
}

static void winners_in_parts_are_the_same_frame(void **state) {
    (void)state;
    uint8_t frame[REPLY_WINNERS_AROUND_BYTES + 17], parts[sizeof frame];
    size_t length = reply_encode_winners(frame, "30876370,24807259", 17);
    size_t written = reply_encode_winners_begin(parts, 17, NULL);
    memcpy(parts + written, "30876370,24807259", 17);
    written += 17;
    written += reply_encode_winners_end(parts + written, NULL);
    assert_int_equal(written, length);
    assert_memory_equal(parts, frame, length);
}

static void the_longest_winners_are_a_message_that_is_just_taken(void **state) {
    (void)state;
    uint8_t begin[REPLY_WINNERS_AROUND_BYTES], end[REPLY_WINNERS_AROUND_BYTES];
    size_t length = REPLY_BYTES_MAX, message_length;
    const uint8_t *message;
    while (!reply_winners_fit(length, 0)) {
        length--;
    }
    size_t around = reply_encode_winners_begin(begin, length, NULL) + reply_encode_winners_end(end, NULL);
    assert_int_equal(around + length, FRAME_HEADER_BYTES + REPLY_BYTES_MAX);
    assert_int_equal(frame_next(begin, sizeof begin, REPLY_BYTES_MAX, &message, &message_length),
                     FRAME_PARTIAL);
    assert_int_equal(message_length, REPLY_BYTES_MAX);
    assert_false(reply_winners_fit(length + 1, 0));
}

static void winners_are_known_by_how_they_begin(void **state) {
    (void)state;
    static const struct {
        const char *text;
        bool winners;
    } begins[] = {
        {"{\"type_message\":2,\"payload\":\"30876370", true},
        {"{\"type_message\": 2, \"payload\": \"30876", true},
        {"{\"type_message\":1,\"payload\":null,\"ne", false},
        {"{\"type_message\":22,\"payload\":\"308763", false},
        {"/1.1 503 Service Unavailable\r\nDat", false},
        {"                \"type_message\" : 2", false}, // and what it is cut off from
        {"              \"type_message\" : 2,", false},  // which may have more digits
        {"             \"type_message\" : 2,", true},
        {"{\"type_message\":20,\"payload\":\"308763", false},
        {"{\"type_message\":29,\"payload\":\"308763", false},
    };
    for (size_t i = 0; i < sizeof begins / sizeof begins[0]; i++) {
        uint8_t begin[REPLY_KIND_BYTES + 1]; // what is behind it is not looked at
        memcpy(begin, begins[i].text, sizeof begin);
        if (reply_begins_winners(begin) != begins[i].winners) {
            fail_msg("%s was expected to begin %s", begins[i].text,
                     begins[i].winners ? "winners" : "something else");
        }
    }
}

static void errors_are_texts_for_people(void **state) {
    (void)state;
    struct error error;
    assert_false(error_set_system(&error, 2, "/no/such/%s", "file")); // ENOENT
    assert_error(&error, ERROR_SYSTEM);
    assert_string_equal(error.text, "/no/such/file: No such file or directory");
    assert_int_equal(error.bet, -1);
    assert_null(error.field);
    assert_false(
        error_set(&error, ERROR_GAP, "%0*d", 3 * ERROR_TEXT_BYTES, 1)); // longer than there is room for
    assert_int_equal(strlen(error.text), ERROR_TEXT_BYTES - 1);
    assert_false(error_set_system(&error, 2, "%0*d", 3 * ERROR_TEXT_BYTES, 1));
    assert_int_equal(strlen(error.text), ERROR_TEXT_BYTES - 1);
    error_clear(&error);
    assert_error(&error, ERROR_NONE);
    assert_string_equal(error.text, "");
}

static void the_longest_error_fits(void **state) {
    (void)state;
    static uint8_t frame[REPLY_SMALL_BYTES_MAX];
    struct error error = bad_bet();
    memset(error.text, '\x01', sizeof error.text - 1);
    error.text[sizeof error.text - 1] = '\0';
    assert_true(reply_encode_error(frame, &error, INT64_MAX) <= sizeof frame);
}

// With the largest numbers; few pieces, so that what is around them counts.
static void every_reply_fits_its_room(void **state) {
    (void)state;
    static uint8_t frame[REPLY_SMALL_BYTES_MAX];
    struct piece pieces[3];
    for (size_t i = 0; i < 3; i++) {
        pieces[i] = (struct piece){.first = UINT64_MAX, .count = UINT32_MAX};
    }
    assert_in_range(reply_encode_processed(frame, UINT64_MAX), 1, sizeof frame);
    assert_in_range(reply_encode_not_ready(frame, UINT32_MAX), 1, sizeof frame);
    for (size_t count = 0; count <= 3; count++) {
        size_t length = reply_encode_stored(frame, UINT64_MAX, pieces, count);
        assert_in_range(length, 1, reply_stored_bytes_max(count));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(we_write_the_golden_replies),
        cmocka_unit_test(we_read_them),
        cmocka_unit_test(what_is_stored_is_listed),
        cmocka_unit_test(as_much_as_is_listed_at_once),
        cmocka_unit_test(what_is_no_list_is_refused),
        cmocka_unit_test(lists_at_their_limits_are_taken),
        cmocka_unit_test(what_is_no_reply_is_refused),
        cmocka_unit_test(every_code_travels_by_its_name),
        cmocka_unit_test(the_first_bet_and_none_stored_are_told),
        cmocka_unit_test(which_errors_are_retryable),
        cmocka_unit_test(an_error_that_we_do_not_know_is_read),
        cmocka_unit_test(numbers_may_be_zero),
        cmocka_unit_test(an_error_is_retryable_only_when_it_says_so),
        cmocka_unit_test(many_winners),
        cmocka_unit_test(winners_are_known_by_how_they_begin),
        cmocka_unit_test(winners_in_parts_are_the_same_frame),
        cmocka_unit_test(the_longest_winners_are_a_message_that_is_just_taken),
        cmocka_unit_test(errors_are_texts_for_people),
        cmocka_unit_test(the_longest_error_fits),
        cmocka_unit_test(every_reply_fits_its_room),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
