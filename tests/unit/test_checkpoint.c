// The store's log begins anew each time it has its full length, and never grows beyond that by itself.
// The checkpointer is built with a log so short that a few commits fill it, and without its thread, which
// would do the work at times of its own.
#include "cmocka_all.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int checkpoints; // that the writer has made

static int count_checkpoint(sqlite3 *database, const char *name, int mode, int *pages, int *done) {
    checkpoints++;
    return sqlite3_wal_checkpoint_v2(database, name, mode, pages, done);
}

#define sqlite3_wal_checkpoint_v2 count_checkpoint
#define CHECKPOINT_STEP_PAGES 4
#define CHECKPOINT_LOG_PAGES_MAX 16
#include "store/sqlite_checkpoint.c" // instead of the library's
#undef sqlite3_wal_checkpoint_v2

enum { ROUNDS = 6 };

static char folder[64], path[96];
static sqlite3 *writer, *reader;
static struct checkpointer checkpointer;

static void run_sql(sqlite3 *database, const char *sql) {
    if (sqlite3_exec(database, sql, NULL, NULL, NULL) != SQLITE_OK) {
        fail_msg("%s: %s", sql, sqlite3_errmsg(database));
    }
}

static int set_up(void **state) {
    (void)state;
    strcpy(folder, "/tmp/test_checkpoint.XXXXXX");
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/store.db", folder);
    assert_int_equal(sqlite3_open(path, &writer), SQLITE_OK);
    assert_int_equal(sqlite3_open(path, &reader), SQLITE_OK);
    run_sql(writer, "PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; CREATE TABLE bets (n);"
                    "INSERT INTO bets VALUES (0); PRAGMA wal_checkpoint(TRUNCATE)");
    checkpointer = (struct checkpointer){
        .writer = writer, .mutex = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};
    sqlite3_wal_hook(writer, on_commit, &checkpointer);
    checkpoints = 0;
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    sqlite3_close(reader);
    sqlite3_close(writer);
    unlink(path);
    return rmdir(folder);
}

// One page more in the log. Returns whether the thread is asked to move what is in it.
static bool commit(void) {
    struct error error;
    run_sql(writer, "UPDATE bets SET n = n + 1");
    bool wanted = checkpointer.wanted;
    checkpointer.wanted = false; // the thread has heard it
    assert_true(checkpointer_between_commits(&checkpointer, &error));
    return wanted;
}

static void each_round_ends_at_the_same_length(void **state) {
    (void)state;
    for (int i = 0; i < ROUNDS * LOG_PAGES_MAX; i++) {
        int round = i / LOG_PAGES_MAX + 1, expected = i % LOG_PAGES_MAX + 1;
        commit();
        if (checkpointer.pages != expected) {
            fail_msg("round %d: the log has %d pages where %d are expected (at most %d)", round,
                     checkpointer.pages, expected, LOG_PAGES_MAX);
        }
        assert_int_equal(checkpoints, (i + 1) / LOG_PAGES_MAX); // the writer does not work more than that
    }
}

static void the_thread_is_asked_at_every_step_of_each_round(void **state) {
    (void)state;
    for (int i = 0; i < ROUNDS * LOG_PAGES_MAX; i++) {
        bool asked = commit(), expected = checkpointer.pages % STEP_PAGES == 0;
        if (asked != expected) {
            fail_msg("round %d: with %d pages in the log the thread is %sasked", i / LOG_PAGES_MAX + 1,
                     checkpointer.pages, asked ? "" : "not ");
        }
    }
}

// Somebody exports, say. The log grows meanwhile, and the writer tries once a step, not with each commit.
static void a_reader_holds_the_log_for_as_long_as_it_reads(void **state) {
    (void)state;
    for (int round = 0; round < 2; round++) {
        int before = checkpoints;
        while (checkpointer.pages % LOG_PAGES_MAX != 5) {
            commit();
        }
        run_sql(reader, "BEGIN; SELECT * FROM bets");
        while (checkpointer.pages < 3 * LOG_PAGES_MAX) {
            bool asked = commit();
            int tries = checkpointer.pages < LOG_PAGES_MAX
                            ? 0
                            : 1 + (checkpointer.pages - LOG_PAGES_MAX) / STEP_PAGES;
            assert_int_equal(checkpoints - before, tries);
            assert_int_equal(asked, checkpointer.pages % STEP_PAGES == 0);
        }
        run_sql(reader, "COMMIT");
        while (checkpointer.pages > STEP_PAGES) { // until it is tried again
            commit();
            assert_in_range(checkpointer.pages, 1, 3 * LOG_PAGES_MAX + STEP_PAGES);
        }
        assert_int_equal(checkpointer.pages, 1);
        for (int i = 1; i <= LOG_PAGES_MAX; i++) { // and from here on it is as it was
            if (checkpointer.pages != i) {
                fail_msg("the log has %d pages where %d are expected, after a reader", checkpointer.pages, i);
            }
            commit();
        }
        assert_int_equal(checkpointer.pages, 1);
    }
}

// The one that failed was the thread's, and what it moved may be lost: nothing goes on, long log or short.
static void after_a_failed_sync_nothing_goes_on(void **state) {
    (void)state;
    struct error error;
    atomic_store(&checkpointer.lost, true);
    for (int i = 0; i < LOG_PAGES_MAX + 1; i++) {
        run_sql(writer, "UPDATE bets SET n = n + 1");
        error.code = ERROR_NONE;
        assert_false(checkpointer_between_commits(&checkpointer, &error));
        assert_error(&error, ERROR_STORE_FAILED);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_round_ends_at_the_same_length, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_thread_is_asked_at_every_step_of_each_round, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_reader_holds_the_log_for_as_long_as_it_reads, set_up, tear_down),
        cmocka_unit_test_setup_teardown(after_a_failed_sync_nothing_goes_on, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("checkpoint", tests, NULL, NULL);
}
