// Rows that are whole, but cannot be what a ledger has stored, are not believed.
#include "ledger_story.h"

static struct store *open_directly(void) {
    struct store *store;
    struct error error;
    if (!store_open(story.path, "1", STORE_SERVE, &store, &error) || !store_begin(store, &error)) {
        fail_msg("%s", error.text);
    }
    return store;
}

static void put_agency(struct store *store, uint32_t agency, uint64_t bets) {
    struct error error;
    assert_true(store_put_agency(
        store, &(struct stored_agency){.agency = agency, .bets = bets, .finished_at = "2026-01-01T00:00:00Z"},
        &error));
}

static void put_draw(struct store *store, enum draw_state draw_state, uint32_t agencies) {
    struct error error;
    assert_true(store_put_draw(
        store, &(struct stored_draw){.state = draw_state, .agencies = agencies, .winning_number = 7574},
        &error));
}

static void commit_directly(struct store *store) {
    struct error error;
    assert_true(store_commit(store, &error));
    store_close(&store);
}

static void assert_does_not_open(uint32_t agencies, const char *reason) {
    struct error error;
    assert_false(try_to_open(agencies, &error));
    assert_null(story.ledger);
    if (strstr(error.text, reason) == NULL) {
        fail_msg("%s", error.text);
    }
}

static void an_agency_that_there_cannot_be(void **state) {
    (void)state;
    struct store *store = open_directly();
    put_draw(store, DRAW_OPEN, 2);
    put_agency(store, 0, 0);
    commit_directly(store);
    assert_does_not_open(2, "agency 0 has bets");
}

static void a_winner_of_an_agency_that_there_cannot_be(void **state) {
    (void)state;
    static const uint32_t agencies[] = {0, 2};
    for (int i = 0; i < 2; i++) {
        struct error error;
        story.path[strlen(story.path) - 1] = (char)('0' + i); // a store each
        struct store *store = open_directly();
        put_agency(store, 1, 0);
        assert_true(store_add_winner(store, &(struct stored_winner){agencies[i], 0, "77"}, &error));
        put_draw(store, DRAW_DRAWN, 1);
        commit_directly(store);
        assert_does_not_open(1, i == 0 ? "a stored winner is of agency 0" : "a stored winner is of agency 2");
        assert_int_equal(story.drawn, 0);
    }
}

// Somebody replaces the store while it is closed after a failure: what is stored is the truth.
static void another_draw_than_before(void **state) {
    (void)state;
    open_ledger(2);
    story.fault = FAIL_BEFORE;
    assert_refused(ERROR_STORE_FAILED, .first = 0, .count = 1);
    struct store *store = open_directly();
    put_draw(store, DRAW_SEALED, 3);
    for (uint32_t agency = 1; agency <= 3; agency++) {
        put_agency(store, agency, 0);
    }
    commit_directly(store);
    assert_refused(ERROR_AGENCY_FINISHED, .first = 0, .count = 1);
    assert_stored(.last = true, .agency = 3, .first = 0, .count = 0, .next = 0);
    assert_int_equal(ledger_agencies(story.ledger), 3);
}

static bool no_chunks(struct store *store, uint32_t agency, uint64_t from, uint64_t to, store_each_chunk each,
                      void *context, struct error *error) {
    (void)store, (void)agency, (void)from, (void)to, (void)each, (void)context, (void)error;
    return true;
}

// The store shows a chunk's numbers, and then not the chunk.
static void a_winning_bet_that_is_gone(void **state) {
    (void)state;
    open_ledger(1);
    assert_stored(.last = true, .first = 0, .count = 8, .next = 8);
    faulty.chunks = no_chunks; // until the store is opened again
    work_do(story.ledger);
    assert_int_equal(story.drawn, 0);
    assert_int_equal(query("SELECT count(*) FROM winners"), 0);
    work_do(story.ledger);
    assert_int_equal(story.drawn, 1);
    assert_string_equal(winners_of_agency(1), "7");
}

static void a_last_row_that_is_not_ended(void **state) {
    (void)state;
    static const char rows[] = "Ana,Paz,1,2000-01-01,1\nAna,Paz,77,2000-01-01,7574";
    static const uint8_t numbers[] = {1, 0, 7574 & 0xff, 7574 >> 8};
    struct stored_chunk chunk = {
        .agency = 1, .count = 2, .numbers = numbers, .rows = rows, .rows_length = sizeof rows - 1};
    struct error error;
    assert_true(chunk_digest(numbers, 2, rows, sizeof rows - 1, chunk.digest));
    struct store *store = open_directly();
    put_draw(store, DRAW_SEALED, 1);
    put_agency(store, 1, 2);
    assert_true(store_add_chunk(store, &chunk, &error));
    commit_directly(store);
    open_ledger(1);
    work_do(story.ledger);
    assert_int_equal(story.drawn, 1);
    assert_string_equal(winners_of_agency(1), "77");
}

// It is told once; storing that fails, and fails again while the store is being opened, at each call.
static void told_that_fails_again_and_again(void **state) {
    (void)state;
    static const char told[] = "SELECT count(*) FROM agencies WHERE told_at IS NOT NULL";
    int64_t next;
    open_ledger(1);
    assert_stored(.last = true, .first = 0, .count = 8, .next = 8);
    work_do(story.ledger);
    story.fault = FAIL_BEFORE;
    assert_code(ask(request(.type = LEDGER_TOLD, .first = NO_FIRST), &next), ERROR_STORE_FAILED);
    story.failing_commit = FAIL_BEFORE;
    int tries = 0;
    for (; work_is_due(story.ledger); tries++) {
        assert_true(query(told) == 0 || tries > 5); // then it is the store's trial behind it that fails
        assert_int_equal(story.all_told, 0);
        story.calls = 0;
        story.failing_call = tries + 1;
        work_do(story.ledger);
    }
    assert_true(tries > 5); // opening, the draw, the agencies, and storing what was told: begin, put, commit
    assert_int_equal(query(told), 1);
    assert_int_equal(story.all_told, 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        LEDGER_TEST(an_agency_that_there_cannot_be), LEDGER_TEST(a_winner_of_an_agency_that_there_cannot_be),
        LEDGER_TEST(another_draw_than_before),       LEDGER_TEST(a_winning_bet_that_is_gone),
        LEDGER_TEST(a_last_row_that_is_not_ended),   LEDGER_TEST(told_that_fails_again_and_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
