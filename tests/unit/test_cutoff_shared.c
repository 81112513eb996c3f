// Once a draw's cut-off has come by the database's clock, no server adds a bet to it.
#include "store_story.h"

#include "base/clock.h"

static bool put_draw(struct store *store, struct stored_draw *draw, struct error *error) {
    return store_begin(store, error) && store_put_draw(store, draw, error) && store_commit(store, error);
}

// Whether a chunk at `first` can be added to the draw with that cut-off.
static bool takes(struct store *store, const char *closes_at, uint64_t first) {
    struct stored_draw draw = {0};
    struct stored_chunk chunk = chunk_of(1, first, 1);
    struct error error;
    bool found;
    must(store_get_draw(store, &draw, &found, &error), &error);
    draw.agencies = 5;
    strcpy(draw.opened_at, "2026-01-01T00:00:00Z");
    strcpy(draw.closes_at, closes_at);
    must(put_draw(store, &draw, &error), &error);
    must(store_begin(store, &error), &error);
    if (store_add_chunk(store, &chunk, &error) && store_hold_draw(store, draw.checksum, &error) &&
        store_commit(store, &error)) {
        return true;
    }
    assert_error(&error, ERROR_STORE_STALE);
    return false;
}

static void bets_are_taken_until_the_cutoff(void **state) {
    (void)state;
    char now[STORE_TIME_BYTES];
    struct error error;
    struct store *store = open_draw("1", STORE_SERVE);
    must(store_now(store, now, &error), &error);
    assert_true(takes(store, "", 0)); // there is none
    assert_true(takes(store, "9999-12-31T23:59:59Z", 1));
    assert_false(takes(store, "2026-01-01T00:00:00Z", 2));
    assert_false(takes(store, now, 2)); // from that second on
    assert_true(takes(store, "", 2));   // the store goes on
    assert_chunks(store, 0, 0, UINT64_MAX, "1:0+1 1:1+1 1:2+1 ");
    store_close(&store);
}

static void the_clock_is_the_databases(void **state) {
    (void)state;
    char now[STORE_TIME_BYTES], before[STORE_TIME_BYTES], after[STORE_TIME_BYTES];
    struct error error;
    struct store *store = open_draw("1", STORE_SERVE);
    clock_utc_text(before); // it runs on this machine
    must(store_now(store, now, &error), &error);
    clock_utc_text(after);
    if (strcmp(before, now) > 0 || strcmp(now, after) > 0) {
        fail_msg("expected a time from %s to %s, it is \"%s\"", before, after, now);
    }
    must(store_begin(store, &error) && store_now(store, now, &error), &error); // within a group, too
    store_drop(store);
    assert_int_equal(strlen(now), 20);
    store_close(&store);
}

static void after_a_failure_it_says_nothing(void **state) {
    (void)state;
    char now[STORE_TIME_BYTES];
    struct error error;
    struct reading stopped = {.stop_after = 1};
    struct store *store = open_draw("1", STORE_SERVE);
    store_one(store, 1, 0, 1);
    assert_false(store_numbers(store, note_chunk, &stopped, &error)); // its callback stops it
    assert_false(store_now(store, now, &error));
    assert_error(&error, ERROR_STORE_FAILED);
    store_close(&store);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        STORE_TEST(bets_are_taken_until_the_cutoff),
        STORE_TEST(the_clock_is_the_databases),
        STORE_TEST(after_a_failure_it_says_nothing),
    };
    if (getenv("QUINIELA_POSTGRES") == NULL) {
        print_message("SKIPPED: QUINIELA_POSTGRES names no database\n");
        return 77;
    }
    implementation = &implementations[POSTGRES];
    return cmocka_run_group_tests(tests, NULL, NULL);
}
