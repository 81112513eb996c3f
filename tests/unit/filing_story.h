// What the stories of the SQLite store's inbox have in common.
#ifndef QUINIELA_TESTS_FILING_STORY_H
#define QUINIELA_TESTS_FILING_STORY_H

#include "store_story.h"

// A number that SQL gives about the store.
static inline int64_t query(const char *sql) {
    sqlite3 *database;
    sqlite3_stmt *statement;
    assert_int_equal(sqlite3_open(path, &database), SQLITE_OK);
    if (sqlite3_prepare_v2(database, sql, -1, &statement, NULL) != SQLITE_OK) {
        fail_msg("%s: %s", sql, sqlite3_errmsg(database));
    }
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    int64_t number = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    sqlite3_close(database);
    return number;
}

static inline void execute(const char *sql) {
    sqlite3 *database;
    assert_int_equal(sqlite3_open(path, &database), SQLITE_OK);
    if (sqlite3_exec(database, sql, NULL, NULL, NULL) != SQLITE_OK) {
        fail_msg("%s: %s", sql, sqlite3_errmsg(database));
    }
    sqlite3_close(database);
}

#define assert_query(sql, expected) assert_int_equal(query(sql), expected)

static inline void add(struct store *store, uint32_t agency, uint64_t first, uint32_t count) {
    struct error error;
    struct stored_chunk chunk = chunk_of(agency, first, count);
    must(store_add_chunk(store, &chunk, &error), &error);
}

static inline void put(struct store *store, uint32_t agency, uint64_t bets, const char *finished_at) {
    struct error error;
    struct stored_agency row = {.agency = agency, .bets = bets};
    strcpy(row.finished_at, finished_at);
    must(store_put_agency(store, &row, &error), &error);
}

static inline void begin(struct store *store) {
    struct error error;
    must(store_begin(store, &error), &error);
}

static inline void commit(struct store *store) {
    struct error error;
    must(store_commit(store, &error), &error);
}

static inline bool note_agency(void *context, const struct stored_agency *agency, struct error *error) {
    (void)error;
    char *text = context;
    sprintf(text + strlen(text), "%u:%llu%s ", agency->agency, (unsigned long long)agency->bets,
            agency->finished_at[0] != '\0' ? "!" : "");
    return true;
}

static inline void assert_agencies(struct store *store, const char *expected) {
    char text[256] = "";
    struct error error;
    must(store_agencies(store, note_agency, text, &error), &error);
    assert_string_equal(text, expected);
}

static const char finished[] = "2026-01-02T00:00:00Z";

static inline void assert_told(const char *text, const char *part) {
    if (strstr(text, part) == NULL) {
        fail_msg("expected to be told: %s; told was: %s", part, text);
    }
}

static char damage[1024]; // that a survey has found

static inline void note_damage(void *context, const char *what) {
    (void)context;
    sprintf(damage + strlen(damage), "%s; ", what);
}

#endif
