// The central's answers: written as the golden files say, and read back.
#include "cmocka_all.h"

#include "golden.h"
#include "wire/frame.h"
#include "wire/reply.h"

#include <string.h>

static struct message_decoder *decoder;

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
    assert_int_equal(reply_winners_bytes(17), reply_encode_winners(frame, "30876370,24807259", 17));
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
    assert_int_equal(reply.error.code, ERROR_GAP);
    assert_true(reply.retryable);
    assert_int_equal(reply.next, 10);
    reply = read_golden("reply-error.bin");
    assert_false(reply.retryable);
    assert_string_equal(reply.error_name, "bad_bet");
    assert_string_equal(reply.error.text, "numero: is \"x\"");
    assert_int_equal(reply.error.bet, 3);
}

static void what_is_no_reply_is_refused(void **state) {
    (void)state;
    static const char *const texts[] = {"",
                                        "[]",
                                        "{}",
                                        "{\"type_message\":9}",
                                        "{\"type_message\":2}",
                                        "{\"type_message\":2,\"payload\":5}",
                                        "{\"type_message\":4,\"payload\":\"x\"}",
                                        "{\"type_message\":4,\"payload\":{}}"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct golden golden = {.length = FRAME_HEADER_BYTES + strlen(texts[i])};
        struct reply reply;
        struct error error;
        memcpy(golden.bytes + FRAME_HEADER_BYTES, texts[i], strlen(texts[i]));
        assert_false(decode(&golden, &reply, &error));
    }
}

static void the_longest_error_fits(void **state) {
    (void)state;
    static uint8_t frame[REPLY_SMALL_BYTES_MAX];
    struct error error = bad_bet();
    memset(error.text, '\x01', sizeof error.text - 1);
    error.text[sizeof error.text - 1] = '\0';
    assert_true(reply_encode_error(frame, &error, INT64_MAX) <= sizeof frame);
}

static int set_up(void **state) {
    (void)state;
    decoder = message_decoder_new();
    return decoder == NULL;
}

static int tear_down(void **state) {
    (void)state;
    message_decoder_free(decoder);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(we_write_the_golden_replies),
        cmocka_unit_test(we_read_them),
        cmocka_unit_test(what_is_no_reply_is_refused),
        cmocka_unit_test(the_longest_error_fits),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
