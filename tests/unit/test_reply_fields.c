// What a reply has only where it was asked for, and what its winners must not have.
#include "decoder_story.h"

#include "bet/errors.h"
#include "golden.h"
#include "wire/frame.h"
#include "wire/reply.h"

#include <stdio.h>
#include <string.h>

static void assert_golden(const uint8_t *frame, size_t length, const char *name) {
    struct golden golden;
    golden_read(name, &golden);
    assert_int_equal(length, golden.length);
    assert_memory_equal(frame, golden.bytes, length);
}

static bool decode_text(const char *text, struct reply *reply, struct error *error) {
    static uint8_t bytes[256 + JSON_PADDING_BYTES];
    size_t length = strlen(text);
    assert_true(length <= 256);
    memcpy(bytes, text, length);
    return reply_decode(decoder, bytes, length, reply, error);
}

static void we_write_the_time_where_it_is_asked_for(void **state) {
    (void)state;
    uint8_t frame[REPLY_SMALL_BYTES_MAX];
    const struct piece piece = {.count = 1002, .digest = {[CHUNK_DIGEST_BYTES - 1] = 0xff}};
    struct error error = {.code = ERROR_GAP, .bet = -1, .text = "a gap"};
    assert_golden(frame, reply_add_time(frame, reply_encode_processed(frame, 27), 1795694400123),
                  "reply-time.bin");
    size_t length = reply_add_time(frame, reply_encode_stored(frame, 3002, &piece, 1), 1795694400123);
    assert_golden(frame, length, "reply-time-stored.bin");
    length = reply_add_time(frame, reply_encode_error(frame, &error, 10), 1795694400123);
    assert_golden(frame, length, "reply-time-error.bin");
}

static void we_write_what_new_bets_are_refused_with(void **state) {
    (void)state;
    uint8_t frame[REPLY_SMALL_BYTES_MAX];
    size_t length = reply_add_time(frame, reply_encode_processed(frame, 27), 1795694400123);
    assert_golden(frame, reply_add_refuses(frame, length, ERROR_AGENCY_FINISHED), "reply-refuses.bin");
}

static void what_new_bets_are_refused_with_is_read(void **state) {
    (void)state;
    static const struct {
        const char *field;
        const struct error_code *refuses;
    } told[] = {
        {"", NULL},
        {",\"refuses\":\"agency_finished\"", ERROR_AGENCY_FINISHED},
        {",\"refuses\":\"draw_closed\"", ERROR_DRAW_CLOSED},
        {",\"refuses\":null", NULL},
        {",\"refuses\":true", NULL},
        {",\"refuses\":\"what nobody knows\"", NULL},
        {",\"refuses\":\"a name that is longer than any name of a code is\"", NULL},
    };
    for (size_t i = 0; i < sizeof told / sizeof told[0]; i++) {
        char text[256];
        struct reply reply;
        struct error error;
        snprintf(text, sizeof text, "{\"type_message\":1,\"payload\":null,\"next\":1%s}", told[i].field);
        assert_true(decode_text(text, &reply, &error));
        if (reply.refuses != told[i].refuses) {
            fail_msg("%s: expected \"%s\", and read \"%s\"", text,
                     told[i].refuses == NULL ? "" : error_name(told[i].refuses),
                     reply.refuses == NULL ? "" : error_name(reply.refuses));
        }
    }
}

static void winners_with_a_control_character_are_none(void **state) {
    (void)state;
    static const struct {
        const char *payload;
        bool good;
    } winners[] = {
        {"30876370,24807259", true},
        {"", true},
        {"30.876.370-K", true},
        {"\xc3\x91"
         "7",
         true},
        {"1\\u001b[2J", false},
        {"1\\n2", false},
        {"1,2\\u0000", false},
        {"1\x7f", false},
        {"1\xc2\x9b"
         "2J",
         false},
        {"\\u0085", false},
        {"1\\u00a0", true},
    };
    for (size_t i = 0; i < sizeof winners / sizeof winners[0]; i++) {
        char text[256];
        struct reply reply;
        struct error error;
        snprintf(text, sizeof text, "{\"type_message\":2,\"payload\":\"%s\"}", winners[i].payload);
        if (decode_text(text, &reply, &error) != winners[i].good) {
            fail_msg("%s was expected to be %s", text, winners[i].good ? "taken" : "refused");
        }
        if (!winners[i].good) {
            assert_error(&error, ERROR_BAD_MESSAGE);
        }
    }
}

// The answer to a question, with all that it may ask for.
static void all_of_it_has_room(void **state) {
    (void)state;
    static const struct error_code *const codes[] = {ERROR_AGENCY_FINISHED, ERROR_DRAW_CLOSED};
    for (size_t i = 0; i < 2; i++) {
        uint8_t frame[REPLY_SMALL_BYTES_MAX];
        size_t before = reply_encode_processed(frame, UINT64_MAX);
        size_t length = reply_add_time(frame, before, UINT64_MAX);
        assert_in_range(length, before + 1, before + REPLY_TIME_BYTES_MAX);
        size_t whole = reply_add_refuses(frame, length, codes[i]);
        assert_in_range(whole, length + 1, length + REPLY_REFUSES_BYTES_MAX);
    }
}

static void refused(const char *format, const char *value) {
    char text[256];
    struct reply reply;
    struct error error;
    sprintf(text, format, value);
    if (decode_text(text, &reply, &error)) {
        fail_msg("%s was taken", text);
    }
    assert_error(&error, ERROR_BAD_MESSAGE);
}

// What is not understood is not taken for what an older central leaves out.
static void what_is_of_another_kind_is_refused(void **state) {
    (void)state;
    static const char *const numbers[] = {"\"5\"", "true", "1.5", "-1", "[5]", "{}", "9223372036854775808"};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        refused("{\"type_message\":1,\"next\":%s}", numbers[i]);
        refused("{\"type_message\":1,\"time_ms\":%s}", numbers[i]);
        refused("{\"type_message\":3,\"retry_after_ms\":%s}", numbers[i]);
        refused("{\"type_message\":4,\"payload\":{\"code\":\"gap\"},\"next\":%s}", numbers[i]);
        refused("{\"type_message\":4,\"payload\":{\"code\":\"gap\",\"bet\":%s}}", numbers[i]);
    }
    static const char *const others[] = {"7", "true", "{}"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        refused("{\"type_message\":1,\"next\":5,\"draw\":%s}", others[i]);
        refused("{\"type_message\":1,\"next\":5,\"stored\":%s}", others[i]);
    }
}

static void null_says_nothing(void **state) {
    (void)state;
    struct reply reply;
    struct error error;
    assert_true(decode_text("{\"type_message\":1,\"next\":null,\"retry_after_ms\":null,\"time_ms\":null,"
                            "\"draw\":null,\"stored\":null,\"refuses\":null}",
                            &reply, &error));
    assert_true(reply.next == -1 && reply.retry_after_ms == -1 && reply.time_ms == -1);
    assert_string_equal(reply.draw, "");
    assert_null(reply.pieces);
    assert_true(decode_text("{\"type_message\":4,\"payload\":{\"code\":\"gap\",\"message\":7,\"bet\":null}}",
                            &reply, &error));
    assert_int_equal(reply.error.bet, -1);
    assert_string_equal(reply.error.text, "");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(we_write_the_time_where_it_is_asked_for),
        cmocka_unit_test(we_write_what_new_bets_are_refused_with),
        cmocka_unit_test(what_new_bets_are_refused_with_is_read),
        cmocka_unit_test(winners_with_a_control_character_are_none),
        cmocka_unit_test(all_of_it_has_room),
        cmocka_unit_test(what_is_of_another_kind_is_refused),
        cmocka_unit_test(null_says_nothing),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
