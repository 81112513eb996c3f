// The bench sends the bets of its file, repeated, as they appear in a message.
#include "cmocka_all.h"

#include "bench/interrupt.h"
#include "bench/payload.h"
#include "bet/errors.h"
#include "encoded.h"

#include "bet/chunk.h"
#include "wire/message.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const bets[] = {"Ana,Pérez,1,2000-01-01,0007",
                                   "Juan \"el Rubio\",Ñandú,22,1999-12-31,7574",
                                   "Eva,O\\K,333,1980-02-29,9999"};

enum { BETS = sizeof bets / sizeof bets[0] };

static struct payload payload;
static struct error error;

static int make_empty(void **state) {
    (void)state;
    payload_init(&payload);
    return 0;
}

static int make_three(void **state) {
    make_empty(state);
    for (int i = 0; i < BETS; i++) {
        assert_true(payload_add(&payload, bets[i], strlen(bets[i]), &error));
    }
    return 0;
}

static int free_it(void **state) {
    (void)state;
    payload_free(&payload);
    return 0;
}

static void assert_bet(uint64_t index, const char *text) {
    size_t begin = payload.text_starts[index], length = payload.text_starts[index + 1] - begin;
    assert_int_equal(length, strlen(text) + 1);
    assert_memory_equal(payload.text + begin, text, length - 1);
    assert_int_equal(payload.text[begin + length - 1], '\n');
}

static void a_file_may_end_its_lines_either_way(void **state) {
    (void)state;
    char path[] = "/tmp/test_payload.XXXXXX";
    int descriptor = mkstemp(path);
    assert_true(descriptor >= 0);
    static const char text[] = "a,b,1,2000-01-01,1\r\nc,d,2,2000-01-01,2\ne,f,3,2000-01-01,3";
    assert_int_equal(write(descriptor, text, sizeof text - 1), sizeof text - 1);
    close(descriptor);
    bool read = payload_add_file(&payload, path, &error);
    unlink(path);
    assert_true(read);
    assert_int_equal(payload.count, 3);
    assert_bet(0, "a,b,1,2000-01-01,1");
    assert_bet(1, "c,d,2,2000-01-01,2");
    assert_bet(2, "e,f,3,2000-01-01,3");
    assert_false(payload_add_file(&payload, path, &error));
    assert_error(&error, ERROR_SYSTEM);
}

static void repeating_starts_over(void **state) {
    (void)state;
    assert_true(payload_repeat(&payload, 10001, &error));
    assert_int_equal(payload.count, 10001);
    for (uint64_t i = 0; i < payload.count; i++) {
        assert_bet(i, bets[i % BETS]);
    }
    assert_true(payload_repeat(&payload, 5, &error));
    assert_int_equal(payload.count, 10001);
}

static void nothing_cannot_be_repeated(void **state) {
    (void)state;
    assert_false(payload_repeat(&payload, 1, &error));
    assert_error(&error, ERROR_BAD_SETTING);
}

static void chunks_do_not_run_over_the_end(void **state) {
    (void)state;
    assert_int_equal(payload_place(&payload, 0, 3), 0);
    assert_int_equal(payload_place(&payload, 1, 2), 1);
    assert_int_equal(payload_place(&payload, 2, 2), 0);
    assert_int_equal(payload_place(&payload, 3, 1), 0);
    assert_int_equal(payload_place(&payload, 7, 2), 1);
}

// Every part of what is prepared, without its last comma, is in the message of these bets.
static void what_is_prepared_is_what_a_message_contains(void **state) {
    (void)state;
    assert_true(payload_prepare(&payload, &error));
    for (uint64_t first = 0; first < BETS; first++) {
        for (uint64_t end = first + 1; end <= BETS; end++) {
            struct chunk *chunk = chunk_new(BETS, 1000);
            assert_non_null(chunk);
            for (uint64_t i = first; i < end; i++) {
                assert_true(chunk_add(chunk, bets[i], strlen(bets[i]), &error));
            }
            uint8_t frame[2000];
            assert_true(encoded_max(chunk) <= sizeof frame);
            size_t length = encode_chunk(frame, MESSAGE_SEND_CHUNK, 1, 0, chunk);
            size_t begin = payload.json_starts[first], bytes = payload.json_starts[end] - begin - 1;
            const uint8_t *found = memmem(frame, length, payload.json + begin, bytes);
            assert_non_null(found);
            assert_memory_equal(found - 1, "[", 1);
            assert_memory_equal(found + bytes, "]}", 2);
            chunk_free(chunk);
        }
    }
}

static void a_bad_bet_is_named(void **state) {
    (void)state;
    assert_true(payload_add(&payload, "a,b,1,2000-02-30,1", 18, &error));
    assert_false(payload_prepare(&payload, &error));
    assert_error(&error, ERROR_BAD_BET);
    assert_non_null(strstr(error.text, "bet 4 of the payload"));
}

// The last test: an interruption is for good.
static void an_interruption_ends_whatever_takes_long(void **state) {
    (void)state;
    bench_interrupt();
    assert_false(payload_add(&payload, bets[0], strlen(bets[0]), &error));
    assert_int_equal(error.code, ERROR_SHUTTING_DOWN);
    assert_false(payload_repeat(&payload, BETS + 1, &error));
    assert_int_equal(error.code, ERROR_SHUTTING_DOWN);
    assert_false(payload_prepare(&payload, &error));
    assert_int_equal(error.code, ERROR_SHUTTING_DOWN);
    assert_int_equal(payload.count, BETS);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_file_may_end_its_lines_either_way, make_empty, free_it),
        cmocka_unit_test_setup_teardown(repeating_starts_over, make_three, free_it),
        cmocka_unit_test_setup_teardown(nothing_cannot_be_repeated, make_empty, free_it),
        cmocka_unit_test_setup_teardown(chunks_do_not_run_over_the_end, make_three, free_it),
        cmocka_unit_test_setup_teardown(what_is_prepared_is_what_a_message_contains, make_three, free_it),
        cmocka_unit_test_setup_teardown(a_bad_bet_is_named, make_three, free_it),
        cmocka_unit_test_setup_teardown(an_interruption_ends_whatever_takes_long, make_three, free_it),
    };
    return cmocka_run_group_tests_name("payload", tests, NULL, NULL);
}
