// Whatever another program does beside a server's SQLite store, the store stays and the server goes on.
#include "store_story.h"

#include <limits.h>

// Whoever gives a store up for want of memory, say, finds all of its files when he comes back; who closes it
// takes the log away.
static void one_that_was_given_up_is_found_again(void **state) {
    (void)state;
    struct store_identity identity = {0};
    struct store *store;
    struct error error;
    for (int round = 0; round < 3; round++) {
        must(store_open_same(path, "1", &identity, &store, &error), &error);
        store_one(store, 2, (uint64_t)round, 1);
        store_give_up(&store);
        assert_null(store);
    }
    store_forget(&identity);
}

static int run(sqlite3 *database, const char *sql) {
    return sqlite3_exec(database, sql, NULL, NULL, NULL);
}

static sqlite3 *open_shell(void) {
    sqlite3 *shell;
    assert_int_equal(sqlite3_open(path, &shell), SQLITE_OK);
    return shell;
}

static bool has_log(void) {
    char log[PATH_MAX];
    snprintf(log, sizeof log, "%s-wal", path);
    return access(log, F_OK) == 0;
}

// Closed as the last while the store is given up, a shell would move the log into the database and delete it;
// so would a switch to another journal. What the store needs is then not found again until the server's end.
static void a_shell_takes_no_log_from_a_store_that_was_given_up(void **state) {
    (void)state;
    struct store_identity identity = {0};
    struct store *store;
    struct error error;
    for (int round = 0; round < 3; round++) {
        must(store_open_same(path, "1", &identity, &store, &error), &error);
        store_one(store, 2, (uint64_t)round, 1);
        store_give_up(&store);
        sqlite3 *shell = open_shell();
        assert_int_equal(run(shell, "PRAGMA wal_checkpoint"), SQLITE_OK); // which harms nothing
        assert_int_equal(run(shell, "PRAGMA journal_mode = DELETE"), SQLITE_BUSY);
        sqlite3_close(shell);
        assert_true(has_log());
    }
    store_forget(&identity);
}

// It is held for as long as the server works on it, and no longer; the next server makes of it what it needs.
static void a_store_that_was_closed_is_everybodys(void **state) {
    (void)state;
    struct store_identity identity = {0};
    struct store *store;
    struct error error;
    must(store_open_same(path, "1", &identity, &store, &error), &error);
    store_one(store, 2, 0, 1);
    store_close(&store);
    assert_false(has_log());
    sqlite3 *shell = open_shell();
    assert_int_equal(run(shell, "PRAGMA journal_mode = DELETE"), SQLITE_OK);
    sqlite3_close(shell);
    store_forget(&identity);
    must(store_open_same(path, "1", &identity, &store, &error), &error);
    store_close(&store);
    store_forget(&identity);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        STORE_TEST(one_that_was_given_up_is_found_again),
        STORE_TEST(a_shell_takes_no_log_from_a_store_that_was_given_up),
        STORE_TEST(a_store_that_was_closed_is_everybodys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
