// A chunk: its rows and numbers, its digest, and that a bad bet leaves it as it was.
#include "cmocka_all.h"

#include "bet/chunk.h"

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

static void row_offsets(void **state) {
    (void)state;
    const char *rows = "a\nbcd\n\ne\n";
    size_t length = strlen(rows);
    static const size_t offsets[] = {0, 2, 6, 7, 9, 9};
    for (uint32_t i = 0; i < 6; i++) {
        assert_int_equal(chunk_row_offset(rows, length, i), offsets[i]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_and_numbers),
        cmocka_unit_test(a_bad_bet_leaves_it_as_it_was),
        cmocka_unit_test(the_digest_is_sha256_of_numbers_and_rows),
        cmocka_unit_test(row_offsets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
