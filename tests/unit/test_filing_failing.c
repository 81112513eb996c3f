// Of a group that files bets nothing is stored when any of its statements fails.
//
// The same group can be stored afterwards.
#include "store_story.h"

#include "store/sqlite_statements.h"

// The statement that fails, counted from 0 once a group is open; -1: none does. It fails before it has done
// anything or, if it `is_done`, afterwards.
static struct {
    int64_t in;
    bool is_done;
    int which;
    uint64_t seen; // a bit for each statement that has failed
} failing = {.in = -1};

typedef bool running(struct sqlite_statements *statements, int which, const struct sql_values *values,
                     const char *what, struct error *error);

running __real_sqlite_statements_run, __wrap_sqlite_statements_run;

bool __wrap_sqlite_statements_run(struct sqlite_statements *statements, int which,
                                  const struct sql_values *values, const char *what, struct error *error) {
    bool fails = failing.in >= 0 && which != STATEMENT_ROLLBACK && failing.in-- == 0;
    if (!fails || failing.is_done) {
        bool done = __real_sqlite_statements_run(statements, which, values, what, error);
        if (!fails) {
            return done;
        }
        assert_true(done);
    }
    failing.which = which;
    failing.seen |= UINT64_C(1) << which;
    return error_set(error, ERROR_STORE_FAILED, "statement %d is made to fail", which);
}

static const char before[] = "1:0+2 2:0+1 3:0+2 ", after[] = "1:0+2 2:0+1 3:0+2 3:2+1 4:0+1 ";

static struct store *store_before(void) {
    struct store *store = open_draw("1", STORE_SERVE);
    store_one(store, 1, 0, 2);
    store_one(store, 2, 0, 1);
    store_one(store, 3, 0, 2);
    return store;
}

static bool add(struct store *store, uint32_t agency, uint64_t first, struct error *error) {
    struct stored_chunk chunk = chunk_of(agency, first, 1);
    return store_add_chunk(store, &chunk, error);
}

// A group that files the oldest: agencies 1 and 2.
static bool store_group(struct store *store, int64_t fails_in, struct error *error) {
    must(store_begin(store, error), error);
    filing_limits.held_bytes = 1;
    failing.in = fails_in;
    bool done = add(store, 3, 2, error) && add(store, 4, 0, error) && store_commit(store, error);
    usual_inbox();
    return done;
}

// What is stored, as another reader finds it.
static void assert_stored(const char *chunks, const char *when) {
    struct reading reading = {0};
    struct error error;
    struct store *store = open_draw("1", STORE_READ);
    must(store_chunks(store, 0, 0, UINT64_MAX, note_chunk, &reading, &error), &error);
    store_close(&store);
    if (strcmp(reading.text, chunks) != 0) {
        fail_msg("statement %d failed%s; %s is expected %s, came %s", failing.which,
                 failing.is_done ? " after it was done" : "", chunks, when, reading.text);
    }
}

// Returns whether the group has so many statements.
static bool fail_at(int64_t statement) {
    struct error error;
    struct store *store = store_before();
    bool done = store_group(store, statement, &error), has_failed = failing.in < 0;
    failing.in = -1;
    if (has_failed) {
        // Done, a commit has stored the group, and only whoever opens the store again finds out.
        bool is_stored = failing.which == STATEMENT_COMMIT && failing.is_done;
        if (done) {
            fail_msg("statement %d failed, and the group is said to be stored", failing.which);
        }
        assert_non_null(strstr(error.text, "is made to fail"));
        assert_stored(is_stored ? after : before, "at once");
        store_close(&store);
        assert_stored(is_stored ? after : before, "when the store is closed");
        store = open_draw("1", STORE_SERVE);
        assert_chunks(store, 0, 0, UINT64_MAX, is_stored ? after : before);
        if (!is_stored) {
            must(store_group(store, -1, &error), &error);
        }
        assert_chunks(store, 0, 0, UINT64_MAX, after);
    }
    store_close(&store);
    assert_stored(after, "in the end");
    remove_files();
    return has_failed;
}

static void whichever_statement_fails_nothing_of_the_group_is_stored(void **state) {
    (void)state;
    static const int all[] = {SQL_ADD_CHUNK,        SQL_PUT_AGENCY,        STATEMENT_INBOX_ADD,
                              STATEMENT_INBOX_DROP, STATEMENT_INBOX_COUNT, STATEMENT_COMMIT};
    for (int is_done = 0; is_done < 2; is_done++) {
        failing.is_done = is_done;
        failing.seen = 0;
        for (int64_t statement = 0; fail_at(statement); statement++) {
        }
        for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
            if ((failing.seen >> all[i] & 1) == 0) {
                fail_msg("the group was to have statement %d, and has none", all[i]);
            }
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        STORE_TEST(whichever_statement_fails_nothing_of_the_group_is_stored),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
