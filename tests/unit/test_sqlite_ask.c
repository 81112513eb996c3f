// A statement's failure after its row is a failure.
#include "cmocka_all.h"
#include "expect.h"

#include "store/sqlite_ask.h"

static void what_is_not_committed_is_told(void **state) {
    (void)state;
    struct error error;
    char answer[SQLITE_ANSWER_BYTES];
    sqlite3 *database;
    assert_int_equal(sqlite3_open(":memory:", &database), SQLITE_OK);
    must(sqlite_execute(database, "x.db",
                        "PRAGMA foreign_keys = ON; CREATE TABLE a (k INTEGER PRIMARY KEY);"
                        "CREATE TABLE b (k REFERENCES a DEFERRABLE INITIALLY DEFERRED)",
                        "make it", &error),
         &error);
    must(sqlite_ask(database, "x.db", "INSERT INTO a VALUES (7) RETURNING k", "add", answer, &error), &error);
    assert_string_equal(answer, "7");
    if (sqlite_ask(database, "x.db", "INSERT INTO b VALUES (8) RETURNING k", "add", answer, &error)) {
        fail_msg("expected: the statement fails when it is committed; it was done, and its row is \"%s\"",
                 answer);
    }
    assert_string_equal(error.text, "x.db: cannot add: FOREIGN KEY constraint failed");
    must(sqlite_ask(database, "x.db", "SELECT k FROM b", "read", answer, &error), &error);
    assert_string_equal(answer, "");
    sqlite3_close(database);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_is_not_committed_is_told)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
