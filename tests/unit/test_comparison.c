// What is stored is compared with the file, in short steps, and the first piece that differs is named.
#include "cmocka_all.h"
#include "temporary.h"

#include "agency/comparison.h"
#include "bet/errors.h"
#include "bet/limits.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BETS = 300 * 1000 };

static char folder[TEMPORARY_BYTES], path[96];

static size_t write_bet(char *text, int number) {
    return (size_t)sprintf(text, "Ana,Núñez,%d,1999-03-17,%d\n", number, number % 10000);
}

static int set_up(void **state) {
    (void)state;
    char text[64];
    temporary_make(folder, "test_comparison");
    snprintf(path, sizeof path, "%s/agency-1.csv", folder);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    for (int i = 0; i < BETS; i++) {
        write_bet(text, i);
        fputs(text, file);
    }
    return fclose(file);
}

static int tear_down(void **state) {
    (void)state;
    return unlink(path) != 0 || rmdir(folder) != 0;
}

static struct piece piece_of(uint64_t first, uint32_t count) {
    struct piece piece = {.first = first, .count = count};
    struct chunk *chunk = chunk_new(count, (size_t)count * 64);
    for (uint32_t i = 0; i < count; i++) {
        char text[64];
        struct error error;
        size_t length = write_bet(text, (int)(first + i));
        assert_true(chunk_add(chunk, text, length - 1, &error));
    }
    assert_true(chunk_digest(chunk->numbers, count, chunk->rows, chunk->rows_length, piece.digest));
    chunk_free(chunk);
    return piece;
}

static struct comparison *open_file(struct reader **reader) {
    struct error error;
    assert_true(reader_open(path, reader, &error));
    struct comparison *comparison = comparison_new(*reader);
    assert_non_null(comparison);
    return comparison;
}

static void much_is_compared_in_steps(void **state) {
    (void)state;
    enum { EACH = 40 * 1000, PIECES = BETS / EACH };
    struct piece pieces[PIECES];
    for (uint32_t i = 0; i < PIECES; i++) {
        pieces[i] = piece_of(i * EACH, EACH);
    }
    struct reader *reader;
    struct comparison *comparison = open_file(&reader);
    struct error error;
    assert_true(comparison_take(comparison, 100, pieces, PIECES, &error));
    uint64_t same = 100;
    bool more = true;
    for (int steps = 1; more; steps++) {
        assert_true(comparison_step(comparison, &same, &more, &error));
        assert_int_equal(same, (steps * 3 < PIECES ? steps * 3 : PIECES) * EACH);
    }
    struct piece after = piece_of(same, 5), before = piece_of(3, 9); // it also goes back
    assert_true(comparison_take(comparison, same, &after, 1, &error));
    assert_true(comparison_step(comparison, &same, &more, &error));
    assert_false(more);
    assert_int_equal(same, PIECES * EACH + 5);
    assert_true(comparison_take(comparison, 11, &before, 1, &error));
    assert_true(comparison_step(comparison, &same, &more, &error));
    comparison_free(comparison);
    reader_close(&reader);
}

static void the_first_piece_that_differs_is_named(void **state) {
    (void)state;
    struct piece pieces[] = {piece_of(0, 10), piece_of(10, 20), piece_of(30, 5)};
    pieces[1].digest[31] ^= 1;
    struct reader *reader;
    struct comparison *comparison = open_file(&reader);
    struct error error;
    char expected[ERROR_TEXT_BYTES];
    uint64_t same = 0;
    bool more;
    assert_true(comparison_take(comparison, 0, pieces, 3, &error));
    assert_false(comparison_step(comparison, &same, &more, &error));
    assert_error(&error, ERROR_CONFLICT);
    snprintf(expected, sizeof expected, "%s: lines 11 to 30 are not the bets stored in their place", path);
    assert_memory_equal(error.text, expected, strlen(expected));
    assert_int_equal(same, 10);
    struct piece long_ones = {.first = BETS - 1, .count = 2};
    assert_true(comparison_take(comparison, BETS - 1, &long_ones, 1, &error));
    assert_false(comparison_step(comparison, &same, &more, &error));
    snprintf(expected, sizeof expected, "%s: has 300000 bets, but 300001 or more are already stored", path);
    assert_memory_equal(error.text, expected, strlen(expected));
    comparison_free(comparison);
    reader_close(&reader);
}

static void a_list_with_a_gap_is_refused(void **state) {
    (void)state;
    static const struct {
        uint64_t from;
        struct piece pieces[2];
    } wrong[] = {{10, {{.first = 0, .count = 10}, {.first = 10, .count = 1}}},
                 {9, {{.first = 10, .count = 10}, {.first = 20, .count = 1}}},
                 {0, {{.first = 0, .count = 10}, {.first = 11, .count = 1}}},
                 {0, {{.first = 0, .count = 10}, {.first = 9, .count = 5}}},
                 {0, {{.first = 0, .count = CHUNK_BETS_MAX + 1}, {.first = CHUNK_BETS_MAX + 1, .count = 1}}}};
    struct reader *reader;
    struct comparison *comparison = open_file(&reader);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct error error;
        assert_false(comparison_take(comparison, wrong[i].from, wrong[i].pieces, 2, &error));
        assert_error(&error, ERROR_BAD_MESSAGE);
    }
    comparison_free(comparison);
    reader_close(&reader);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(much_is_compared_in_steps),
        cmocka_unit_test(the_first_piece_that_differs_is_named),
        cmocka_unit_test(a_list_with_a_gap_is_refused),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
