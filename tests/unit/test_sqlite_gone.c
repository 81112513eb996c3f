// A table that is gone is told by each call that needs it.
#include "store_story.h"

static bool any_agency(void *context, const struct stored_agency *agency, struct error *error) {
    (void)context, (void)agency, (void)error;
    return true;
}

static bool any_chunk(void *context, const struct stored_chunk *chunk, struct error *error) {
    (void)context, (void)chunk, (void)error;
    return true;
}

static bool any_piece(void *context, const struct stored_piece *piece, struct error *error) {
    (void)context, (void)piece, (void)error;
    return true;
}

static bool any_winner(void *context, const struct stored_winner *winner, struct error *error) {
    (void)context, (void)winner, (void)error;
    return true;
}

static bool put_draw(struct store *store, struct error *error) {
    struct stored_draw draw = {.agencies = 1, .opened_at = "2026-01-01T00:00:00Z"};
    return store_begin(store, error) && store_put_draw(store, &draw, error);
}

static bool get_draw(struct store *store, struct error *error) {
    struct stored_draw draw;
    bool found;
    return store_get_draw(store, &draw, &found, error);
}

static bool put_agency(struct store *store, struct error *error) {
    struct stored_agency agency = {.agency = 1};
    return store_begin(store, error) && store_put_agency(store, &agency, error);
}

static bool agencies(struct store *store, struct error *error) {
    return store_agencies(store, any_agency, NULL, error);
}

static bool add_chunk(struct store *store, struct error *error) {
    struct stored_chunk chunk = chunk_of(1, 0, 1);
    return store_begin(store, error) && store_add_chunk(store, &chunk, error);
}

static bool add_filed(struct store *store, struct error *error) {
    no_inbox();
    bool added = add_chunk(store, error);
    usual_inbox();
    return added;
}

static bool commit_chunk(struct store *store, struct error *error) {
    return add_chunk(store, error) && store_commit(store, error);
}

static bool numbers(struct store *store, struct error *error) {
    return store_numbers(store, any_chunk, NULL, error);
}

static bool all_chunks(struct store *store, struct error *error) {
    return store_chunks(store, 0, 0, UINT64_MAX, any_chunk, NULL, error);
}

static bool some_chunks(struct store *store, struct error *error) {
    return store_chunks(store, 1, 0, UINT64_MAX, any_chunk, NULL, error);
}

static bool pieces(struct store *store, struct error *error) {
    return store_pieces(store, 1, 0, 10, any_piece, NULL, error);
}

static bool try_room(struct store *store, struct error *error) {
    return store_try_room(store, 4096, error);
}

static bool add_winner(struct store *store, struct error *error) {
    struct stored_winner winner = {1, 0, "1"};
    return store_begin(store, error) && store_add_winner(store, &winner, error);
}

static bool winners(struct store *store, struct error *error) {
    return store_winners(store, any_winner, NULL, error);
}

static bool any_voided(void *context, uint32_t voiding, const struct stored_chunk *chunk,
                       struct error *error) {
    (void)voiding;
    return any_chunk(context, chunk, error);
}

static bool voided(struct store *store, struct error *error) {
    return store_voided(store, any_voided, NULL, error);
}

static bool void_agency(struct store *store, struct error *error) {
    uint64_t bets;
    return store_begin(store, error) && store_void_agency(store, 1, 1, &bets, error);
}

static bool any_draw(void *context, const char *name, const struct stored_draw *draw, struct error *error) {
    (void)context, (void)name, (void)draw, (void)error;
    return true;
}

static bool draws(struct store *store, struct error *error) {
    return store_draws(store, any_draw, NULL, error);
}

static bool erase(struct store *store, struct error *error) {
    struct stored_draw draw = {0};
    return store_begin(store, error) && store_erase(store, &draw, error);
}

static const struct {
    const char *name, *table;
    bool (*call)(struct store *store, struct error *error);
} calls[] = {
    {"put_draw", "draws", put_draw},
    {"get_draw", "draws", get_draw},
    {"put_agency", "agencies", put_agency},
    {"agencies", "agencies", agencies},
    {"add_chunk", "chunks", add_filed},
    {"numbers", "chunks", numbers},
    {"add_chunk", "inbox", commit_chunk},
    {"commit", "inboxes", commit_chunk},
    {"add_chunk", "agencies", add_chunk},
    {"chunks", "chunks", all_chunks},
    {"chunks of one", "chunks", some_chunks},
    {"pieces", "chunks", pieces},
    {"try_room", "chunks", try_room},
    {"add_winner", "winners", add_winner},
    {"winners", "winners", winners},
    {"winners", "draws", winners},
    {"void_agency", "chunks", void_agency},
    {"void_agency", "voided", void_agency},
    {"voided", "voided", voided},
    {"draws", "draws", draws},
    {"erase", "chunks", erase},
    {"erase", "voided", erase},
    {"erase", "winners", erase},
};

static void drop(const char *table) {
    sqlite3 *database;
    char sql[64];
    (void)snprintf(sql, sizeof sql, "DROP TABLE %s", table);
    assert_int_equal(sqlite3_open(path, &database), SQLITE_OK);
    if (sqlite3_exec(database, sql, NULL, NULL, NULL) != SQLITE_OK) {
        fail_msg("%s: %s", sql, sqlite3_errmsg(database));
    }
    sqlite3_close(database);
}

static bool reads_another(struct store *store, const char *table, struct error *error) {
    if (strncmp(table, "inbox", 5) == 0) { // almost everybody reads it
        return winners(store, error);
    }
    return strcmp(table, "agencies") == 0 ? numbers(store, error) : agencies(store, error);
}

// Whether SQLite learns of it while it prepares the statement, having read another table, or while it runs
// it.
static void assert_told(size_t i, bool while_preparing) {
    const char *table = calls[i].table;
    struct error error;
    error_clear(&error);
    struct store *store = open_draw("1", STORE_SERVE);
    drop(table);
    if (while_preparing) {
        must(reads_another(store, table, &error), &error);
    }
    if (calls[i].call(store, &error)) {
        fail_msg("%s was expected to fail without %s", calls[i].name, table);
    }
    assert_error(&error, ERROR_STORE_FAILED);
    if (strstr(error.text, table) == NULL ||
        (while_preparing && strstr(error.text, "prepare a statement") == NULL)) {
        fail_msg("%s was expected to tell of %s, and told: %s", calls[i].name, table, error.text);
    }
    assert_false(get_draw(store, &error)); // nothing goes on
    store_give_up(&store);
}

static void each_call_tells_of_its_table(void **state) {
    for (size_t i = 0; i < 2 * sizeof calls / sizeof calls[0]; i++) {
        assert_told(i / 2, i % 2 == 1);
        assert_int_equal(tear_down(state), 0);
        set_up(state);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {STORE_TEST(each_call_tells_of_its_table)};
    return cmocka_run_group_tests_name("sqlite_gone", tests, NULL, NULL);
}
