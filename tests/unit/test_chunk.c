// A chunk has its rows, numbers and digest, and a bad bet leaves it as it was.
#include "cmocka_all.h"

#include "bet/chunk.h"

#include <malloc.h>
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>
#include <stdbool.h>
#include <string.h>

static void add(struct chunk *chunk, const char *text) {
    struct error error;
    assert_true(chunk_add(chunk, text, strlen(text), &error));
}

static void rows_and_numbers(void **state) {
    (void)state;
    struct chunk *chunk = chunk_new(2, 64);
    add(chunk, "A,B,1,2000-01-01,258");
    add(chunk, "C,D,2,2000-01-01,9999");
    assert_int_equal(chunk->count, 2);
    const char *rows = "A,B,1,2000-01-01,258\nC,D,2,2000-01-01,9999\n";
    assert_int_equal(chunk->rows_length, strlen(rows));
    assert_memory_equal(chunk->rows, rows, strlen(rows));
    assert_memory_equal(chunk->numbers, "\x02\x01\x0f\x27", 4); // 258 and 9999, little-endian
    assert_int_equal(chunk_number(chunk->numbers, 1), 9999);
    chunk_free(chunk);
}

static void its_memory_is_what_it_says(void **state) {
    (void)state;
    enum { BETS = 101, TEXT = 3001, BYTES = sizeof(struct chunk) + 2 * BETS + TEXT + BETS };
    struct chunk *chunk = chunk_new(BETS, TEXT);
    assert_int_equal(chunk_bytes(chunk), BYTES);
    assert_in_range(malloc_usable_size(chunk), BYTES, BYTES + 16);
    assert_ptr_equal(chunk->rows, chunk->numbers + 2 * BETS);
    chunk_free(chunk);
}

static void a_bad_bet_leaves_it_as_it_was(void **state) {
    (void)state;
    struct chunk *chunk = chunk_new(3, 256);
    struct error error;
    add(chunk, "A,B,1,2000-01-01,1");
    size_t before = chunk->rows_length;
    assert_false(chunk_add(chunk, "A,B,1,2000-01-32,1", 18, &error));
    assert_int_equal(error.bet, 1);
    assert_string_equal(error.field, "nacimiento");
    assert_int_equal(chunk->count, 1);
    assert_int_equal(chunk->rows_length, before);
    chunk_clear(chunk);
    assert_int_equal(chunk->count, 0);
    add(chunk, "C,D,2,2000-01-01,2");
    assert_memory_equal(chunk->rows, "C,D,2", 5);
    chunk_free(chunk);
}

static void room_is_filled_to_the_last_byte(void **state) {
    (void)state;
    static const char bet[] = "A,B,1,2000-01-01,1";
    enum { BETS = 100 };
    struct chunk *chunk = chunk_new(BETS, BETS * (sizeof bet - 1));
    for (int round = 0; round < 2; round++) { // a cleared chunk has the same room
        for (uint32_t i = 0; i < BETS; i++) {
            assert_int_equal(chunk_row_offset(chunk->rows, chunk->rows_length, i), i * sizeof bet);
            add(chunk, bet);
        }
        assert_int_equal(chunk->count, chunk->count_max);
        assert_int_equal(chunk->rows_length, chunk->rows_max);
        chunk_clear(chunk);
    }
    chunk_free(chunk);
    chunk_free(NULL);
}

// What is left behind a row by bets that were taken out, or were bad, is no part of the next one.
static void what_was_there_before_does_not_matter(void **state) {
    (void)state;
    struct chunk *chunk = chunk_new(4, 512);
    struct error error;
    add(chunk, "Santiago Lionel,Lorca,30904465,1999-03-17,2201");
    chunk_clear(chunk);
    assert_false(chunk_add(chunk, "A,B,1,2000-01-01,", 17, &error));
    assert_string_equal(error.field, "numero");
    assert_int_equal(error.bet, 0);
    assert_false(chunk_add(chunk, "", 0, &error));
    add(chunk, "A,B,1,2000-01-01,5");
    add(chunk, "A,B,1,2000-01-01,67");
    assert_int_equal(chunk_number(chunk->numbers, 0), 5);
    assert_int_equal(chunk_number(chunk->numbers, 1), 67);
    chunk_free(chunk);
}

static void an_empty_chunk_has_a_digest(void **state) {
    (void)state;
    // SHA-256 of nothing.
    static const uint8_t nothing[] = {0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4,
                                      0xc8, 0x99, 0x6f, 0xb9, 0x24, 0x27, 0xae, 0x41, 0xe4, 0x64, 0x9b,
                                      0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55};
    uint8_t digest[CHUNK_DIGEST_BYTES];
    struct chunk *chunk = chunk_new(0, 0);
    assert_non_null(chunk);
    assert_true(chunk_digest(chunk->numbers, 0, chunk->rows, 0, digest));
    assert_memory_equal(digest, nothing, sizeof nothing);
    chunk_free(chunk);
}

static void the_digest_is_sha256_of_numbers_and_rows(void **state) {
    (void)state;
    uint8_t digest[CHUNK_DIGEST_BYTES], other[CHUNK_DIGEST_BYTES];
    // SHA-256 of "abc", FIPS 180-4's own example: two bytes as one number, and one as rows.
    static const uint8_t abc[] = {0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea, 0x41, 0x41, 0x40,
                                  0xde, 0x5d, 0xae, 0x22, 0x23, 0xb0, 0x03, 0x61, 0xa3, 0x96, 0x17,
                                  0x7a, 0x9c, 0xb4, 0x10, 0xff, 0x61, 0xf2, 0x00, 0x15, 0xad};
    assert_true(chunk_digest((const uint8_t *)"ab", 1, "c", 1, digest));
    assert_memory_equal(digest, abc, sizeof abc);
    assert_true(chunk_digest((const uint8_t *)"ab", 1, "d", 1, other));
    assert_memory_not_equal(digest, other, sizeof digest);
}

static void every_byte_of_a_digest_counts(void **state) {
    (void)state;
    uint8_t digest[CHUNK_DIGEST_BYTES];
    bool same;
    assert_true(chunk_digest((const uint8_t *)"ab", 1, "c\n", 2, digest));
    assert_true(chunk_compare_digest((const uint8_t *)"ab", 1, "c\n", 2, digest, &same) && same);
    for (size_t i = 0; i < sizeof digest; i++) {
        digest[i] ^= 0x80;
        assert_true(chunk_compare_digest((const uint8_t *)"ab", 1, "c\n", 2, digest, &same));
        if (same) {
            fail_msg("a digest that differs in byte %zu was taken for the same", i);
        }
        digest[i] ^= 0x80;
    }
}

// A digest that fails -------------------------------------------------------------------------------------

static int until_failure; // of the calls that make a digest, the next one at 1

static bool fails(void) {
    return until_failure > 0 && --until_failure == 0;
}

int __real_SHA256_Init(SHA256_CTX *context);
int __real_SHA256_Update(SHA256_CTX *context, const void *bytes, size_t length);
int __real_SHA256_Final(unsigned char *digest, SHA256_CTX *context);
int __wrap_SHA256_Init(SHA256_CTX *context);
int __wrap_SHA256_Update(SHA256_CTX *context, const void *bytes, size_t length);
int __wrap_SHA256_Final(unsigned char *digest, SHA256_CTX *context);

int __wrap_SHA256_Init(SHA256_CTX *context) {
    return fails() ? 0 : __real_SHA256_Init(context);
}

int __wrap_SHA256_Update(SHA256_CTX *context, const void *bytes, size_t length) {
    return fails() ? 0 : __real_SHA256_Update(context, bytes, length);
}

int __wrap_SHA256_Final(unsigned char *digest, SHA256_CTX *context) {
    return fails() ? 0 : __real_SHA256_Final(digest, context);
}

static void a_digest_that_fails_is_no_digest(void **state) {
    (void)state;
    uint8_t digest[CHUNK_DIGEST_BYTES], other[CHUNK_DIGEST_BYTES];
    assert_true(chunk_digest((const uint8_t *)"ab", 1, "c\n", 2, digest));
    for (int failing = 1; failing <= 4; failing++) {
        bool same = true;
        until_failure = failing;
        assert_false(chunk_digest((const uint8_t *)"ab", 1, "c\n", 2, other));
        until_failure = failing;
        assert_false(chunk_compare_digest((const uint8_t *)"ab", 1, "c\n", 2, digest, &same));
        assert_int_equal(until_failure, 0);
    }
}

static void row_offsets(void **state) {
    (void)state;
    const char *rows = "a\nbcd\n\ne\n";
    size_t length = strlen(rows);
    static const size_t offsets[] = {0, 2, 6, 7, 9, 9};
    for (uint32_t i = 0; i < 6; i++) {
        assert_int_equal(chunk_row_offset(rows, length, i), offsets[i]);
    }
    assert_int_equal(chunk_row_offset(rows, 5, 2), 5); // the last row is not ended
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_and_numbers),
        cmocka_unit_test(its_memory_is_what_it_says),
        cmocka_unit_test(a_bad_bet_leaves_it_as_it_was),
        cmocka_unit_test(room_is_filled_to_the_last_byte),
        cmocka_unit_test(what_was_there_before_does_not_matter),
        cmocka_unit_test(an_empty_chunk_has_a_digest),
        cmocka_unit_test(the_digest_is_sha256_of_numbers_and_rows),
        cmocka_unit_test(every_byte_of_a_digest_counts),
        cmocka_unit_test(a_digest_that_fails_is_no_digest),
        cmocka_unit_test(row_offsets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
