// Whatever another program does beside a server's SQLite store, the store stays and the server goes on.
#include "store_story.h"

#include <limits.h>
#include <sys/file.h>

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

// A store that a server has opened, with one bet in it.
static struct store *open_with_a_bet(struct store_identity *identity) {
    struct store *store;
    struct error error;
    must(store_open_same(path, "1", identity, &store, &error), &error);
    store_one(store, 2, 0, 1);
    return store;
}

static int run(sqlite3 *database, const char *sql) {
    return sqlite3_exec(database, sql, NULL, NULL, NULL);
}

static sqlite3 *open_shell(void) {
    sqlite3 *shell;
    assert_int_equal(sqlite3_open(path, &shell), SQLITE_OK);
    return shell;
}

static const char *named(const char *ending) {
    static char names[4][PATH_MAX];
    static int next;
    char *name = names[next++ % 4];
    snprintf(name, sizeof names[0], "%s%s", path, ending);
    return name;
}

static bool has_log(void) {
    return access(named("-wal"), F_OK) == 0;
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

// Whoever could not open a store leaves its log as it is, too: commits may be nowhere else.
static void a_store_that_is_refused_keeps_its_log(void **state) {
    (void)state;
    struct store_identity identity = {0};
    struct error error;
    struct store *store = open_with_a_bet(&identity);
    store_give_up(&store);
    store_forget(&identity);
    sqlite3 *shell = open_shell();
    assert_int_equal(sqlite3_db_config(shell, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL), SQLITE_OK);
    assert_int_equal(run(shell, "PRAGMA application_id = 7"), SQLITE_OK);
    sqlite3_close(shell);
    assert_true(has_log());
    assert_false(store_open(path, "1", STORE_SERVE, &store, &error));
    assert_error(&error, ERROR_STORE_FAILED);
    assert_true(has_log());
}

// It is held for as long as the server works on it, and no longer; the next server makes of it what it needs.
static void a_store_that_was_closed_is_everybodys(void **state) {
    (void)state;
    struct store_identity identity = {0};
    struct error error;
    struct store *store = open_with_a_bet(&identity);
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

static void copy(const char *from, const char *to) {
    char command[2 * PATH_MAX + 8];
    snprintf(command, sizeof command, "cp %s %s", from, to);
    assert_int_equal(system(command), 0);
}

// What reads beside a server gets the server's files or none.
static void a_reader_gets_the_files_of_its_server(void **state) {
    (void)state;
    static const char *const endings[] = {"", "-wal"};
    struct store_identity identity = {0};
    struct store *store = open_with_a_bet(&identity), *reader;
    struct error error;
    for (int i = 0; i < 2; i++) {
        must(store_open_same_to_read(path, "1", &identity, &reader, &error), &error);
        assert_chunks(reader, 2, 0, 8, "2:0+1 ");
        store_close(&reader);
        assert_int_equal(rename(named(endings[i]), named("-away")), 0);
        copy(named("-away"), named(endings[i]));
        assert_false(store_open_same_to_read(path, "1", &identity, &reader, &error));
        assert_error(&error, ERROR_STORE_FAILED);
        assert_non_null(strstr(error.text, "was deleted, moved or replaced"));
        assert_int_equal(rename(named("-away"), named(endings[i])), 0);
    }
    store_close(&store);
    store_forget(&identity);
}

static void assert_not_opened_again(struct store_identity *identity, const char *ending, const char *what) {
    struct store *store;
    struct error error;
    if (store_open_same(path, "1", identity, &store, &error)) {
        store_close(&store);
        fail_msg("a store whose file \"%s\" was %s is opened again", ending, what);
    }
    assert_error(&error, ERROR_STORE_FAILED);
    char begins[PATH_MAX + 64];
    snprintf(begins, sizeof begins, "%s: was deleted, moved or replaced", named(ending));
    if (strncmp(error.text, begins, strlen(begins)) != 0) {
        fail_msg("expected \"%s\", and it is \"%s\"", begins, error.text);
    }
}

// The bets are in the log as much as in the database. While either is not the one that the server had, what
// was acknowledged is gone, and nothing is made in its place; once it is back, the server goes on.
static void a_store_that_lacks_a_file_is_not_opened_again(void **state) {
    (void)state;
    static const char *const endings[] = {"", "-wal"};
    for (uint64_t i = 0; i < 2; i++) {
        struct store_identity identity = {0};
        struct store *store;
        struct error error;
        must(store_open_same(path, "1", &identity, &store, &error), &error);
        store_one(store, 2, i, 1);
        store_give_up(&store);
        assert_int_equal(rename(named(endings[i]), named("-away")), 0);
        assert_not_opened_again(&identity, endings[i], "deleted");
        assert_int_equal(access(named(endings[i]), F_OK), -1);
        copy(named("-away"), named(endings[i]));
        assert_not_opened_again(&identity, endings[i], "replaced");
        assert_int_equal(unlink(named(endings[i])), 0);
        assert_int_equal(symlink(named("-away"), named(endings[i])), 0);
        assert_false(store_open_same(path, "1", &identity, &store, &error)); // the same file, under a link
        assert_error(&error, ERROR_STORE_FAILED);
        assert_int_equal(rename(named("-away"), named(endings[i])), 0);
        must(store_open_same(path, "1", &identity, &store, &error), &error);
        assert_chunks(store, 2, 0, 8, i == 0 ? "2:0+1 " : "2:0+1 2:1+1 ");
        store_close(&store);
        store_forget(&identity);
    }
}

static const char *taken_away; // the ending of the file that is another as soon as the store is locked

int __real_flock(int file, int how);
int __wrap_flock(int file, int how);

int __wrap_flock(int file, int how) {
    int done = __real_flock(file, how);
    if (taken_away != NULL) {
        assert_int_equal(rename(named(taken_away), named("-away")), 0);
        copy(named("-away"), named(taken_away));
        taken_away = NULL;
    }
    return done;
}

// Looked at before the store was locked, it was the right one.
static void a_file_that_is_replaced_while_it_is_opened_is_noticed(void **state) {
    (void)state;
    static const char *const endings[] = {"", "-wal"};
    for (int i = 0; i < 2; i++) {
        struct store_identity identity = {0};
        struct store *store;
        struct error error;
        must(store_open_same(path, "1", &identity, &store, &error), &error);
        store_one(store, 2, (uint64_t)i, 1);
        store_give_up(&store);
        taken_away = endings[i];
        if (store_open_same(path, "1", &identity, &store, &error)) {
            store_close(&store);
            fail_msg("a store whose file \"%s\" is replaced while it is opened is opened", endings[i]);
        }
        assert_error(&error, ERROR_STORE_FAILED);
        assert_non_null(strstr(error.text, "was deleted, moved or replaced"));
        assert_int_equal(rename(named("-away"), named(endings[i])), 0);
        must(store_open_same(path, "1", &identity, &store, &error), &error);
        store_close(&store);
        store_forget(&identity);
    }
}

// What SQLite makes of the log itself can be made again.
static void a_store_that_lacks_its_shared_memory_is_opened_again(void **state) {
    (void)state;
    struct store_identity identity = {0};
    struct error error;
    struct store *store = open_with_a_bet(&identity);
    store_give_up(&store);
    assert_int_equal(unlink(named("-shm")), 0);
    must(store_open_same(path, "1", &identity, &store, &error), &error);
    assert_chunks(store, 2, 0, 8, "2:0+1 ");
    store_close(&store);
    store_forget(&identity);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        STORE_TEST(one_that_was_given_up_is_found_again),
        STORE_TEST(a_shell_takes_no_log_from_a_store_that_was_given_up),
        STORE_TEST(a_store_that_is_refused_keeps_its_log),
        STORE_TEST(a_store_that_was_closed_is_everybodys),
        STORE_TEST(a_store_that_lacks_a_file_is_not_opened_again),
        STORE_TEST(a_reader_gets_the_files_of_its_server),
        STORE_TEST(a_file_that_is_replaced_while_it_is_opened_is_noticed),
        STORE_TEST(a_store_that_lacks_its_shared_memory_is_opened_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
