// A message that is written bet by bet has the bytes that its chunk has as a whole, and no more.
// Whatever is in the bets, and wherever it is; a message ends before it is too long.
#include "cmocka_all.h"

#include "bet/errors.h"
#include "bet/scan.h"
#include "encoded.h"
#include "golden.h"
#include "guarded.h"
#include "wire/chunk_writer.h"
#include "wire/limits.h"

#include <stdio.h>
#include <string.h>

enum { AGENCY = 7, TEXT_MAX = 600 };

static struct chunk_writer writer;
static struct error error;

static int make_writer(void **state) {
    (void)state;
    chunk_writer_init(&writer);
    return 0;
}

static int free_writer(void **state) {
    (void)state;
    chunk_writer_free(&writer);
    assert_int_equal(guarded.count, 0); // nothing is left behind
    return 0;
}

static void begin_within(int64_t first, size_t bytes_max) {
    assert_true(chunk_writer_begin(&writer, AGENCY, first, bytes_max, &error));
}

static void begin(int64_t first) {
    begin_within(first, SIZE_MAX);
}

static bool try_to_add(const char *text, size_t length) {
    bool fits = false;
    char *copy = malloc(length + 1); // so that a look behind the text is seen
    memcpy(copy, text, length);
    bool added = chunk_writer_add(&writer, copy, length, &fits, &error);
    free(copy);
    assert_true(!added || fits);
    return added;
}

static void add(const char *text) {
    if (!try_to_add(text, strlen(text))) {
        fail_msg("%s: %s", text, error.text);
    }
}

// Ends the message, which must be, byte by byte, the frame of `chunk`. Frees both.
static void expect_frame_of(struct chunk *chunk, enum message_type type, int64_t first, const char *what) {
    uint8_t *expected = malloc(encoded_max(chunk));
    size_t length = encode_chunk(expected, type, AGENCY, first, chunk);
    if (chunk_writer_end(&writer, type, -1) != length || memcmp(writer.frame, expected, length) != 0) {
        fail_msg("%s: expected %.*s, it is %.*s", what, (int)length, expected + FRAME_HEADER_BYTES,
                 (int)writer.end, writer.frame + FRAME_HEADER_BYTES);
    }
    assert_int_equal(writer.count, chunk->count);
    free(expected);
    chunk_free(chunk);
}

// Between two others, so that the bytes around it are seen, too.
static void compare_with_chunk(const char *text, size_t length) {
    static const char before[] = "Ana,Paz,1,2000-01-01,7", after[] = "Eva,Sosa,2,2000-01-01,10";
    struct chunk *chunk = chunk_new(3, 3 * TEXT_MAX);
    struct error reason;
    assert_true(chunk_add(chunk, before, sizeof before - 1, &reason));
    bool is_good = chunk_add(chunk, text, length, &reason);
    begin(1000);
    add(before);
    if (try_to_add(text, length) != is_good) {
        fail_msg("%.*s was %s", (int)length, text, is_good ? "refused" : "taken");
    }
    if (!is_good) {
        assert_int_equal(error.code, ERROR_BAD_BET);
        assert_int_equal(error.bet, reason.bet);
        assert_ptr_equal(error.field, reason.field);
        assert_string_equal(error.text, reason.text);
    }
    add(after);
    assert_true(chunk_add(chunk, after, sizeof after - 1, &reason));
    expect_frame_of(chunk, MESSAGE_SEND_CHUNK, 1000, text);
}

// What goes into a name at one place: bytes that JSON writes otherwise, that are no character, that are
// refused.
static const char *const specials[] = {
    "x",      "\"",         "\\",       "\"\\",     "ñ",        "ññ",           "\u07ff",    "\u0800",
    "\uffff", "\U0001F3B0", "\xc2\xa0", "\xc2\x80", ",",        "\r",           "\t",        "\x1f",
    "\x7f",   "\xc3",       "\xa9",     "\xff",     "\xc0\xaf", "\xed\xa0\x80", "a\"é\\ü\"", "\"\"ñ\\\\"};

static void every_special_byte_at_every_place(void **state) {
    (void)state;
    static const char rest[] = ",1,1999-12-31,42";
    for (size_t letters = 2; letters <= SCAN_BYTES + 8; letters++) {
        for (size_t at = 0; at < letters; at++) {
            for (size_t i = 0; i < sizeof specials / sizeof specials[0]; i++) {
                char text[2 * SCAN_BYTES];
                memset(text, 'a', letters);
                text[letters / 2] = ',';
                size_t special = strlen(specials[i]);
                memcpy(text + at, specials[i], special);
                size_t length = at + special > letters ? at + special : letters;
                memcpy(text + length, rest, sizeof rest);
                compare_with_chunk(text, length + sizeof rest - 1);
            }
        }
    }
}

// Bets of every length that one may have, all of ASCII or all of something longer in JSON.
static void every_length(void **state) {
    (void)state;
    static const char *const units[] = {"a", "\"", "ñ", "日", "\U0001F3B0"};
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        for (size_t count = 0; count * strlen(units[i]) <= NAME_BYTES_MAX + 4; count++) {
            char text[TEXT_MAX] = "";
            for (size_t unit = 0; unit < count; unit++) {
                strcat(text, units[i]);
            }
            strcat(text, ",b,1,2000-01-01,0");
            compare_with_chunk(text, strlen(text));
            for (size_t zeros = 1; zeros <= 2; zeros++) { // which a number may begin with
                strcat(text, "0");
                compare_with_chunk(text, strlen(text));
            }
        }
    }
    char text[TEXT_MAX] = "a,b,1,2000-01-01,";
    for (size_t length = strlen(text); length <= BET_TEXT_BYTES_MAX + 1; length++) {
        compare_with_chunk(text, length);
        text[length] = '0';
    }
}

static uint64_t next_random(uint64_t *state) {
    *state ^= *state << 13; // xorshift64 (Marsaglia 2003)
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static void bets_of_any_bytes(void **state) {
    (void)state;
    uint64_t random = 88172645463325252;
    for (int round = 0; round < 20000; round++) {
        char text[TEXT_MAX] = "";
        uint64_t pieces = next_random(&random) % 20;
        for (uint64_t i = 0; i < pieces; i++) {
            strcat(text, specials[next_random(&random) % (sizeof specials / sizeof specials[0])]);
            strcat(text, next_random(&random) % 2 == 0 ? "Ana" : "");
        }
        strcat(text, next_random(&random) % 4 == 0 ? "" : ",B,30904465,1999-03-17,2201");
        compare_with_chunk(text, strlen(text));
    }
}

static void a_message_is_as_long_as_it_may_be(void **state) {
    (void)state;
    static const char *const bets[] = {"Ana,Paz,1,2000-01-01,7", "Núñez \"el\",Paz,1,2000-01-01,7",
                                       "日本,Paz,1,2000-01-01,7"}; // the last one is looked at with care
    for (size_t i = 0; i < sizeof bets / sizeof bets[0]; i++) {
        size_t length = strlen(bets[i]), bytes = message_bet_bytes(bets[i], length);
        for (size_t spare = 0; spare < bytes; spare += bytes - 1) {
            bool fits = false;
            begin_within(-1, 3 * bytes + spare);
            for (int bet = 0; bet < 3; bet++) {
                add(bets[i]);
            }
            size_t end = writer.end;
            assert_true(chunk_writer_add(&writer, bets[i], length, &fits, &error) && !fits);
            assert_int_equal(writer.count, 3);
            assert_int_equal(writer.end, end);
        }
        bool fits = true;
        begin_within(-1, bytes - 1);
        assert_true(chunk_writer_add(&writer, bets[i], length, &fits, &error) && !fits);
        assert_int_equal(writer.count, 0);
    }
}

// It is looked at when its turn comes, in the next message.
static void a_bad_bet_that_does_not_fit_is_not_judged(void **state) {
    (void)state;
    static const char bad[] = "Ana,Paz,1,2000-01-99,7";
    bool fits = true;
    begin_within(0, sizeof bad + 1);
    assert_true(chunk_writer_add(&writer, bad, sizeof bad - 1, &fits, &error) && !fits);
    begin_within(0, sizeof bad + 2);
    assert_false(chunk_writer_add(&writer, bad, sizeof bad - 1, &fits, &error));
    assert_int_equal(error.code, ERROR_BAD_BET);
    assert_int_equal(error.bet, 0);
    assert_string_equal(error.field, "nacimiento");
}

static void expect_golden(const char *name, enum message_type type, int64_t stored) {
    struct golden golden;
    golden_read(name, &golden);
    assert_int_equal(chunk_writer_end(&writer, type, stored), golden.length);
    assert_memory_equal(writer.frame, golden.bytes, golden.length);
}

static void we_write_the_golden_messages(void **state) {
    (void)state;
    static const char *const bets[] = {"Santiago Lionel,Lorca,30904465,1999-03-17,2201",
                                       "Tiago Nicolás,Núñez,34407251,2001-08-29,7574"};
    static const struct {
        const char *name;
        enum message_type type;
        int64_t first, stored;
        size_t bets;
    } cases[] = {{"our-last-chunk-empty.good.bin", MESSAGE_SEND_LAST_CHUNK, 26936, -1, 0},
                 {"our-chunk.good.bin", MESSAGE_SEND_CHUNK, 1000, -1, 2},
                 {"our-chunk-asking.good.bin", MESSAGE_SEND_CHUNK, 0, 2, 2},
                 {"our-chunk-asking-on.good.bin", MESSAGE_SEND_CHUNK, 0, 1002, 0}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        begin(cases[i].first);
        for (size_t bet = 0; bet < cases[i].bets; bet++) {
            add(bets[bet]);
        }
        expect_golden(cases[i].name, cases[i].type, cases[i].stored);
    }
}

// What comes before the bets is longest, and the bets fill the message.
static void the_longest_message(void **state) {
    (void)state;
    char text[TEXT_MAX] = "";
    for (int i = 0; i < NAME_BYTES_MAX; i++) {
        strcat(text, "\"");
    }
    strcat(strcat(text, ",b,1,2000-01-01,"), "7");
    bool fits = true;
    assert_true(chunk_writer_begin(&writer, AGENCIES_MAX, INT64_MAX, MESSAGE_BYTES_MAX, &error));
    while (fits) {
        assert_true(chunk_writer_add(&writer, text, strlen(text), &fits, &error));
    }
    assert_true(writer.end - writer.bets > MESSAGE_BYTES_MAX - TEXT_MAX);
    size_t begun = writer.bets, length = writer.end - writer.bets - 1;
    uint8_t *bets = malloc(length);
    memcpy(bets, writer.frame + writer.bets, length);
    size_t bytes = chunk_writer_end(&writer, MESSAGE_SEND_CHUNK, INT64_MAX);
    size_t stored = strlen("\"stored\":9223372036854775807,");
    assert_int_equal(bytes, begun + stored + length + strlen(MESSAGE_CHUNK_END));
    assert_memory_equal(writer.frame + begun + stored, bets, length);
    free(bets);
}

static void a_frame_that_was_taken_is_the_takers(void **state) {
    (void)state;
    begin(0);
    add("Ana,Paz,1,2000-01-01,7");
    size_t length = chunk_writer_end(&writer, MESSAGE_SEND_CHUNK, -1);
    uint8_t *frame = chunk_writer_take(&writer), *copy = malloc(length);
    memcpy(copy, frame, length);
    begin(1);
    add("Eva,Sosa,2,2000-01-01,10");
    assert_ptr_not_equal(writer.frame, frame);
    assert_memory_equal(frame, copy, length);
    free(frame);
    free(copy);
    begin(1); // what had been written is dropped
    struct chunk *none = chunk_new(0, 0);
    expect_frame_of(none, MESSAGE_SEND_LAST_CHUNK, 1, "none");
}

static void without_memory(void **state) {
    (void)state;
    static const char text[] = "Ana,Paz,1,2000-01-01,7";
    guarded.fails_in = 1;
    assert_false(chunk_writer_begin(&writer, AGENCY, 0, SIZE_MAX, &error));
    assert_int_equal(error.code, ERROR_NO_MEMORY);
    begin(0);
    guarded.fails_in = 1;
    bool fits;
    uint32_t count = 0;
    while (chunk_writer_add(&writer, text, sizeof text - 1, &fits, &error)) {
        count++;
    }
    assert_int_equal(error.code, ERROR_NO_MEMORY);
    struct chunk *chunk = chunk_new(count + 1, (count + 1) * sizeof text);
    for (uint32_t i = 0; i <= count; i++) {
        assert_true(chunk_add(chunk, text, sizeof text - 1, &error));
    }
    add(text); // it is as it was, and goes on
    expect_frame_of(chunk, MESSAGE_SEND_CHUNK, 0, "after a failure");
}

#define STORY(name) cmocka_unit_test_setup_teardown(name, make_writer, free_writer)

int main(void) {
    const struct CMUnitTest tests[] = {
        STORY(every_special_byte_at_every_place),
        STORY(every_length),
        STORY(bets_of_any_bytes),
        STORY(a_message_is_as_long_as_it_may_be),
        STORY(a_bad_bet_that_does_not_fit_is_not_judged),
        STORY(we_write_the_golden_messages),
        STORY(the_longest_message),
        STORY(a_frame_that_was_taken_is_the_takers),
        STORY(without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
