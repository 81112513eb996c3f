// Of the chunks kept in memory each bet is at its place, and the least wanted goes first.
#include "cmocka_all.h"

#include "guarded.h"

#include "ledger/row_cache.h"

#include <stdio.h>
#include <string.h>

static struct row_cache *cache;

static int set_up(void **state) {
    (void)state;
    cache = row_cache_new();
    return cache == NULL;
}

static int tear_down(void **state) {
    (void)state;
    row_cache_free(cache);
    return 0;
}

// Keeps a chunk whose rows are of different lengths. Its text is the caller's again.
static void keep(uint32_t agency, uint64_t first, uint32_t count) {
    char rows[512] = "";
    for (uint32_t i = 0; i < count; i++) {
        sprintf(rows + strlen(rows), "%u,%*u\n", agency, (int)(i % 4 + 1), (unsigned)first + i);
    }
    row_cache_keep(
        cache,
        &(struct stored_chunk){
            .agency = agency, .first = first, .count = count, .rows = rows, .rows_length = strlen(rows)});
    memset(rows, 'x', sizeof rows);
}

static bool has(uint32_t agency, uint64_t bet) {
    bool kept = row_cache_has(cache, agency, bet);
    const struct cached_rows *rows = row_cache_find(cache, agency, bet);
    assert_int_equal(rows != NULL, kept);
    if (rows != NULL) {
        char row[64];
        uint32_t place = (uint32_t)(bet - rows->first);
        int length = sprintf(row, "%u,%*u\n", agency, (int)(place % 4 + 1), (unsigned)bet);
        assert_int_equal(rows->offsets[place + 1] - rows->offsets[place], length);
        assert_memory_equal(rows->rows + rows->offsets[place], row, (size_t)length);
    }
    return kept;
}

static void nothing_is_kept_at_first(void **state) {
    (void)state;
    assert_false(has(1, 0));
    assert_false(has(0, 0));
    row_cache_free(NULL);
}

static void each_bet_of_a_chunk_is_found(void **state) {
    (void)state;
    keep(2, 10, 7);
    keep(3, 17, 1);
    for (uint64_t bet = 0; bet < 30; bet++) {
        assert_int_equal(has(2, bet), bet >= 10 && bet < 17);
        assert_int_equal(has(3, bet), bet == 17);
        assert_false(has(1, bet));
        assert_false(has(4, bet));
    }
}

static void what_is_cleared_is_gone(void **state) {
    (void)state;
    for (uint32_t agency = 1; agency <= ROW_CACHE_CHUNKS; agency++) {
        keep(agency, 0, 3);
    }
    row_cache_clear(cache);
    for (uint32_t agency = 1; agency <= ROW_CACHE_CHUNKS; agency++) {
        assert_false(has(agency, 0));
    }
    keep(1, 0, 3);
    assert_true(has(1, 2));
}

// The one that was not asked for for longest: of those that were, the first; being there is no question.
static void the_least_wanted_goes_first(void **state) {
    (void)state;
    for (uint32_t agency = 1; agency <= ROW_CACHE_CHUNKS; agency++) {
        keep(agency, 0, 3);
    }
    static const uint32_t asked[] = {4, 1, 8, 2, 3, 7, 6, 5};
    for (int i = 0; i < ROW_CACHE_CHUNKS; i++) {
        assert_non_null(row_cache_find(cache, asked[i], 1));
    }
    for (int i = 0; i < ROW_CACHE_CHUNKS; i++) {
        assert_true(row_cache_has(cache, asked[i], 1));
        keep(100 + (uint32_t)i, 0, 3);
        assert_false(row_cache_has(cache, asked[i], 1));
        for (int other = i + 1; other < ROW_CACHE_CHUNKS; other++) {
            assert_true(row_cache_has(cache, asked[other], 1));
        }
    }
    for (uint32_t i = 0; i < ROW_CACHE_CHUNKS; i++) {
        assert_true(has(100 + i, 2));
    }
}

static void keep_text(const char *rows, uint32_t count) {
    row_cache_keep(cache, &(struct stored_chunk){
                              .agency = 1, .count = count, .rows = rows, .rows_length = strlen(rows)});
}

// Nor does it take another one's place.
static void what_is_not_so_many_rows_is_not_kept(void **state) {
    (void)state;
    for (uint32_t agency = 2; agency < 2 + ROW_CACHE_CHUNKS; agency++) {
        keep(agency, 0, 3);
    }
    keep_text("a\nb\nc", 3);    // the last one has no end
    keep_text("a\nb\n", 3);     // one too few
    keep_text("a\nb\nc\nd", 3); // more than there should be
    keep_text("", 1);
    assert_false(row_cache_has(cache, 1, 0));
    for (uint32_t agency = 2; agency < 2 + ROW_CACHE_CHUNKS; agency++) {
        assert_true(has(agency, 2));
    }
}

static void without_memory_it_is_not_kept(void **state) {
    (void)state;
    guarded.fails_in = 1;
    assert_null(row_cache_new());
    guarded.fails_in = 1;
    keep(1, 0, 3);
    assert_int_equal(guarded.fails_in, 0);
    assert_false(has(1, 0));
}

#define CACHE_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        CACHE_TEST(nothing_is_kept_at_first),      CACHE_TEST(each_bet_of_a_chunk_is_found),
        CACHE_TEST(what_is_cleared_is_gone),       CACHE_TEST(the_least_wanted_goes_first),
        CACHE_TEST(without_memory_it_is_not_kept), CACHE_TEST(what_is_not_so_many_rows_is_not_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
