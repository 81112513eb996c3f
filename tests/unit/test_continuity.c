// Chunks of a store that are gone, or lie where none can be, are found, and named.
#include "guarded.h"
#include "store_story.h"

#include "ledger/continuity.h"

static struct store *store;
static struct continuity *continuity;

// A store with these agencies' rows, as many bets as `bets` says: agency `first` and those behind it.
static void open_with(uint32_t first, const uint64_t *bets, uint32_t count) {
    struct error error;
    store = open_draw("1", STORE_SERVE);
    must(store_begin(store, &error), &error);
    for (uint32_t i = 0; i < count; i++) {
        struct stored_agency agency = {.agency = first + i, .bets = bets[i]};
        must(store_put_agency(store, &agency, &error), &error);
    }
    must(store_commit(store, &error), &error);
}

static void begin(uint32_t only) {
    struct error error;
    continuity_free(continuity);
    must(continuity_new(store, only, &continuity, &error), &error);
}

static int close_store(void **state) {
    continuity_free(continuity);
    continuity = NULL;
    store_close(&store);
    return tear_down(state);
}

static bool take(uint32_t agency, uint64_t first, uint32_t count, struct error *error) {
    return continuity_take(continuity,
                           &(struct stored_chunk){.agency = agency, .first = first, .count = count}, error);
}

static void assert_fits(uint32_t agency, uint64_t first, uint32_t count) {
    struct error error;
    must(take(agency, first, count, &error), &error);
}

static void assert_said(bool fits, const struct error *error, const char *what) {
    assert_false(fits);
    assert_error(error, ERROR_STORE_FAILED);
    if (strstr(error->text, what) == NULL) {
        fail_msg("expected \"%s\" in \"%s\"", what, error->text);
    }
}

static void assert_wrong(uint32_t agency, uint64_t first, uint32_t count, const char *what) {
    struct error error;
    bool fits = take(agency, first, count, &error);
    assert_said(fits, &error, what);
}

static void assert_whole(void) {
    struct error error;
    must(continuity_end(continuity, &error), &error);
}

static void assert_missing_at_the_end(const char *what) {
    struct error error;
    bool whole = continuity_end(continuity, &error);
    assert_said(whole, &error, what);
}

static void what_is_whole_is_whole(void **state) {
    (void)state;
    open_with(3, (const uint64_t[]){10, 0, 1}, 3);
    begin(0);
    assert_fits(3, 0, 4);
    assert_fits(3, 4, 5);
    assert_fits(3, 9, 1);
    assert_fits(5, 0, 1);
    assert_whole();
    assert_whole();
}

static void nothing_at_all_is_whole(void **state) {
    (void)state;
    open_with(1, NULL, 0);
    begin(0);
    assert_whole();
    assert_wrong(1, 0, 1, "the chunk of agency 1 from bet 0 on lies where none can be");
}

// Wherever it is gone, and what comes behind it is judged from there.
static void one_that_is_gone_is_named(void **state) {
    (void)state;
    open_with(1, (const uint64_t[]){10, 5, 3}, 3);
    begin(0);
    assert_wrong(1, 2, 3, "of agency 1 the bets from 0 to 1 are missing"); // the beginning
    assert_wrong(1, 6, 3, "of agency 1 the bets from 5 to 5 are missing"); // between
    assert_wrong(3, 0, 1, "of agency 1 the bets from 9 to 9 are missing"); // the end, and all of agency 2
    assert_fits(3, 1, 1);
    assert_missing_at_the_end("of agency 3 the bets from 2 to 2 are missing");
    assert_whole(); // it has been told
    begin(0);
    assert_fits(1, 0, 10);
    assert_wrong(3, 0, 3, "of agency 2 the bets from 0 to 4 are missing");
    assert_whole();
    begin(0);
    assert_missing_at_the_end("of agency 1 the bets from 0 to 9 are missing"); // and of the others
}

static void one_that_lies_where_none_can_be(void **state) {
    (void)state;
    open_with(2, (const uint64_t[]){10, 5}, 2);
    begin(0);
    assert_wrong(1, 0, 1, "the chunk of agency 1 from bet 0 on lies where none can be"); // which has no row
    assert_fits(2, 0, 5);
    assert_wrong(2, 4, 2, "the chunk of agency 2 from bet 4 on lies where none can be"); // over another
    assert_fits(2, 6, 4);
    assert_wrong(2, 10, 1, "the chunk of agency 2 from bet 10 on lies where none can be"); // behind the end
    assert_fits(3, 0, 5);
    assert_wrong(4, 0, 1, "the chunk of agency 4 from bet 0 on lies where none can be");
    begin(0);
    assert_wrong(2, 0, 11, "the chunk of agency 2 from bet 0 on lies where none can be");
    assert_fits(3, 0, 5);
    assert_wrong(3, 0, 5, "the chunk of agency 3 from bet 0 on lies where none can be"); // twice
    assert_whole();
}

static void one_agency_alone(void **state) {
    (void)state;
    open_with(1, (const uint64_t[]){10, 5, 3}, 3);
    begin(2);
    assert_fits(2, 0, 5);
    assert_whole();
    begin(2);
    assert_fits(2, 0, 4);
    assert_missing_at_the_end("of agency 2 the bets from 4 to 4 are missing");
    begin(9);
    assert_whole();
}

// More than there is room for at first, and more than that.
static void many_agencies(void **state) {
    (void)state;
    enum { AGENCIES = 300 };
    uint64_t bets[AGENCIES];
    for (uint32_t i = 0; i < AGENCIES; i++) {
        bets[i] = i % 3;
    }
    open_with(1, bets, AGENCIES);
    begin(0);
    for (uint32_t i = 0; i < AGENCIES; i++) {
        if (bets[i] > 0) {
            assert_fits(i + 1, 0, (uint32_t)bets[i]);
        }
    }
    assert_whole();
}

// The first allocation is its own, the second one that of the agencies.
static void without_memory_it_says_so(void **state) {
    (void)state;
    open_with(1, (const uint64_t[]){1}, 1);
    begin(0);
    for (int failing = 1; failing <= 2; failing++) {
        struct continuity *none = continuity;
        struct error error;
        guarded.fails_in = failing;
        assert_false(continuity_new(store, 0, &none, &error));
        assert_error(&error, ERROR_NO_MEMORY);
        assert_null(none);
        store->failed = false;
    }
}

static void a_store_that_fails(void **state) {
    (void)state;
    struct error error;
    open_with(1, NULL, 0);
    begin(0);
    store->failed = true;
    struct continuity *none = continuity;
    assert_false(continuity_new(store, 0, &none, &error));
    assert_error(&error, ERROR_STORE_FAILED);
    assert_null(none);
    store->failed = false;
}

#define CONTINUITY_TEST(test) cmocka_unit_test_setup_teardown(test, set_up_store, close_store)

int main(void) {
    const struct CMUnitTest tests[] = {
        CONTINUITY_TEST(what_is_whole_is_whole),    CONTINUITY_TEST(nothing_at_all_is_whole),
        CONTINUITY_TEST(one_that_is_gone_is_named), CONTINUITY_TEST(one_that_lies_where_none_can_be),
        CONTINUITY_TEST(one_agency_alone),          CONTINUITY_TEST(many_agencies),
        CONTINUITY_TEST(without_memory_it_says_so), CONTINUITY_TEST(a_store_that_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
