// What the stories of the stores have in common: a folder and an empty store each, and chunks that can be
// told apart.
#ifndef QUINIELA_TESTS_STORE_STORY_H
#define QUINIELA_TESTS_STORE_STORY_H

#include "cmocka_all.h"
#include "filed.h"

#include "bet/chunk.h"
#include "bet/errors.h"
#include "store/backend.h"
#include "store/kinds.h"
#include "store/store.h"

#include <libpq-fe.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

// A kind of store, and how the tests make one.
struct implementation {
    const char *name;
    const struct store_kind *kind;
    const char *needs;         // an environment variable without which it cannot be tested; NULL: none
    void (*make)(void);        // an empty place for one, in `folder`, and its address in `path`
    void (*remove)(void);      // removes all of it but the folder
    bool keeps_over_a_restart; // what is committed outlives the process
};

static char folder[64], path[256];

static inline bool try_open(const char *draw, enum store_mode mode, struct store **store,
                            struct error *error) {
    return store_open(path, draw, mode, store, error);
}

static inline struct store *open_draw_at(const char *draw, enum store_mode mode, const char *file, int line) {
    struct store *store;
    struct error error;
    must_at(try_open(draw, mode, &store, &error), &error, "opening the store", file, line);
    return store;
}

#define open_draw(draw, mode) open_draw_at(draw, mode, __FILE__, __LINE__)

static inline struct stored_chunk chunk_of(uint32_t agency, uint64_t first, uint32_t count) {
    static const uint8_t numbers[] = {1, 0, 2, 0, 3, 0};
    static const char rows[] = "A,\"B\",1,2000-01-01,1\nÑ,\\,2,2000-01-01,2\nC,D,3,2000-01-01,0003\n";
    size_t length = 0;
    assert_in_range(count, 1, sizeof numbers / 2);
    for (uint32_t i = 0; i < count; i++) {
        length += strcspn(rows + length, "\n") + 1;
    }
    struct stored_chunk chunk = {agency, first, count, numbers, rows, length, {0}, 0};
    assert_true(chunk_digest(chunk.numbers, chunk.count, chunk.rows, chunk.rows_length, chunk.digest));
    return chunk;
}

// A draw has a row before any other of its rows is stored.
static inline void need_draw_at(struct store *store, const char *file, int line) {
    struct error error;
    struct stored_draw draw = {.agencies = 5, .opened_at = "2026-01-01T00:00:00Z"}, stored;
    bool found;
    must_at(store_get_draw(store, &stored, &found, &error), &error, "looking for the draw", file, line);
    if (!found) {
        must_at(store_begin(store, &error), &error, "beginning a group", file, line);
        must_at(store_put_draw(store, &draw, &error), &error, "storing the draw", file, line);
        must_at(store_commit(store, &error), &error, "committing the draw", file, line);
    }
}

#define need_draw(store) need_draw_at(store, __FILE__, __LINE__)

static inline void store_one_at(struct store *store, uint32_t agency, uint64_t first, uint32_t count,
                                const char *file, int line) {
    struct error error;
    struct stored_chunk chunk = chunk_of(agency, first, count);
    need_draw_at(store, file, line);
    must_at(store_begin(store, &error), &error, "beginning a group", file, line);
    must_at(store_add_chunk(store, &chunk, &error), &error, "adding a chunk", file, line);
    must_at(store_commit(store, &error), &error, "committing a chunk", file, line);
}

#define store_one(store, agency, first, count) store_one_at(store, agency, first, count, __FILE__, __LINE__)

// The same, and none of it goes into the inbox of an SQLite store.
static inline void store_filed(struct store *store, uint32_t agency, uint64_t first, uint32_t count) {
    no_inbox();
    store_one(store, agency, first, count);
    usual_inbox();
}

// What was read, as text: "1:0+3 1:3+2 ".
struct reading {
    char text[1024];
    int stop_after; // rows, or 0
    int rows;
};

static inline bool note_chunk(void *context, const struct stored_chunk *chunk, struct error *error) {
    struct reading *reading = context;
    size_t length = strlen(reading->text);
    snprintf(reading->text + length, sizeof reading->text - length, "%u:%llu+%u%s ", chunk->agency,
             (unsigned long long)chunk->first, chunk->count, chunk->rows == NULL ? "n" : "");
    struct stored_chunk written = chunk_of(chunk->agency, chunk->first, chunk->count);
    assert_memory_equal(chunk->numbers, written.numbers, 2 * (size_t)chunk->count);
    assert_memory_equal(chunk->digest, written.digest, sizeof written.digest);
    if (chunk->rows != NULL) {
        assert_int_equal(chunk->rows_length, written.rows_length);
        assert_memory_equal(chunk->rows, written.rows, written.rows_length);
    }
    reading->rows++;
    return reading->rows != reading->stop_after || error_set(error, ERROR_CONFLICT, "stopped");
}

static inline void assert_chunks_at(struct store *store, uint32_t agency, uint64_t from, uint64_t to,
                                    const char *expected, const char *file, int line) {
    struct reading reading = {0};
    struct error error;
    must_at(store_chunks(store, agency, from, to, note_chunk, &reading, &error), &error, "reading the chunks",
            file, line);
    expect_text(reading.text, expected, "the chunks", "as given", file, line);
}

#define assert_chunks(store, agency, from, to, expected)                                                     \
    assert_chunks_at(store, agency, from, to, expected, __FILE__, __LINE__)

static inline bool note_winner(void *context, const struct stored_winner *winner, struct error *error) {
    (void)error;
    char *text = context;
    sprintf(text + strlen(text), "%u:%llu:%s ", winner->agency, (unsigned long long)winner->bet,
            winner->document);
    return true;
}

static inline int set_up(void **state) {
    (void)state;
    usual_inbox();
    strcpy(folder, "/tmp/quiniela-store-XXXXXX");
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/store.db", folder);
    return 0;
}

static inline void make_nothing(void) { // SQLite makes the file itself
}

static inline void remove_files(void) {
    static const char *const endings[] = {"", "-wal", "-shm", "-lock"};
    for (size_t i = 0; i < 4; i++) {
        char file[300];
        snprintf(file, sizeof file, "%s%s", path, endings[i]);
        unlink(file);
    }
}

// PostgreSQL's stories happen in the database at $QUINIELA_POSTGRES, each in a schema of its own, which is
// named after its folder.
static inline void run_sql(const char *format) {
    char sql[256];
    snprintf(sql, sizeof sql, format, strrchr(folder, '-') + 1);
    PGconn *connection = PQconnectdb(getenv("QUINIELA_POSTGRES"));
    // A failed story may still lock its tables, so waiting has a limit. The notices of what is dropped are
    // unwanted.
    PQclear(PQexec(connection, "SET lock_timeout = '5s'; SET client_min_messages = warning"));
    PGresult *result = PQexec(connection, sql);
    if (PQresultStatus(result) != PGRES_COMMAND_OK) {
        fail_msg("%s", PQerrorMessage(connection));
    }
    PQclear(result);
    PQfinish(connection);
}

static inline void make_schema(void) {
    run_sql("CREATE SCHEMA \"%s\"");
    snprintf(path, sizeof path, "%s?options=-csearch_path%%3D%%22%s%%22", getenv("QUINIELA_POSTGRES"),
             strrchr(folder, '-') + 1);
}

static inline void drop_schema(void) {
    run_sql("DROP SCHEMA \"%s\" CASCADE");
}

extern const struct store_kind sqlite_kind, postgres_kind;

enum { SQLITE, POSTGRES };

static const struct implementation implementations[] = {
    [SQLITE] = {"sqlite", &sqlite_kind, NULL, make_nothing, remove_files, true},
    [POSTGRES] = {"postgres", &postgres_kind, "QUINIELA_POSTGRES", make_schema, drop_schema, true},
};

static const struct implementation *implementation = implementations; // the one that is tested

static inline int set_up_store(void **state) {
    set_up(state);
    implementation->make();
    assert_ptr_equal(store_kind_of(path), implementation->kind); // otherwise another kind would be tested
    return 0;
}

static inline int tear_down(void **state) {
    (void)state;
    implementation->remove();
    return rmdir(folder);
}

#define STORE_TEST(test) cmocka_unit_test_setup_teardown(test, set_up_store, tear_down)

// Runs the stories against a store. Returns how many failed.
static inline int run_against(const struct implementation *tested, const struct CMUnitTest *tests,
                              size_t count) {
    implementation = tested;
    if (tested->needs != NULL && getenv(tested->needs) == NULL) {
        print_message("SKIPPED: %s, as %s names no database\n", tested->name, tested->needs);
        return 0;
    }
    return _cmocka_run_group_tests(tested->name, tests, count, NULL, NULL);
}

// How many lines of the table of kinds have no implementation here, not counting that of `other`.
static inline int untested_kinds(const struct implementation *other) {
    int untested = 0;
    for (size_t i = 0; store_kinds[i] != NULL; i++) {
        bool is_tested = other->kind == store_kinds[i];
        for (size_t j = 0; j < sizeof implementations / sizeof implementations[0]; j++) {
            is_tested = is_tested || implementations[j].kind == store_kinds[i];
        }
        if (!is_tested) {
            print_error("[  FAILED  ] a line of src/store/kinds.c has no implementation in store_story.h\n");
            untested++;
        }
    }
    return untested;
}

// The same, against every store there is.
static inline int run_against_all(const struct CMUnitTest *tests, size_t count) {
    int failed = 0;
    for (size_t i = 0; i < sizeof implementations / sizeof implementations[0]; i++) {
        failed += run_against(&implementations[i], tests, count);
    }
    return failed;
}

#endif
