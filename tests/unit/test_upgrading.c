// An upgrade checks the whole file, and does it once, however many draws are in it.
#include "cmocka_all.h"
#include "expect.h"

#include "bet/errors.h"
#include "cli/upgrading.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[64], path[96], said[4096];
static int checks;            // of a whole file
static uint64_t now, step_ms; // of the clock: by how much each look at it takes it on

uint64_t __wrap_clock_steady_ms(void);

uint64_t __wrap_clock_steady_ms(void) {
    return now += step_ms;
}

static int note_statement(unsigned type, void *context, void *statement, void *sql) {
    (void)type;
    (void)context;
    (void)statement;
    checks += strstr(sql, "integrity_check") != NULL;
    return 0;
}

// SQLite calls this for each connection that is opened from now on.
static int watch_connection(sqlite3 *database, const char **message, const void *api) {
    (void)message;
    (void)api;
    return sqlite3_trace_v2(database, SQLITE_TRACE_STMT, note_statement, NULL);
}

static void note_said(void *context, enum upgrading_tone tone, const char *text) {
    (void)context;
    (void)tone;
    assert_true(strlen(said) + strlen(text) + 2 < sizeof said);
    strcat(strcat(said, text), "\n");
}

// A store of version 2 with two draws.
static int set_up(void **state) {
    (void)state;
    char command[256];
    strcpy(folder, "/tmp/quiniela-upgrading-XXXXXX");
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/night.db", folder);
    snprintf(command, sizeof command, "gzip -dc " GOLDEN_DIR "/../upgrade/samples/2-open.db.gz >%s", path);
    said[0] = '\0';
    checks = 0;
    step_ms = 0;
    return system(command);
}

static int tear_down(void **state) {
    (void)state;
    char command[96];
    sqlite3_reset_auto_extension();
    snprintf(command, sizeof command, "rm -r %s", folder);
    return system(command);
}

static void the_file_is_checked_once(void **state) {
    (void)state;
    struct error error;
    sqlite3_auto_extension((void (*)(void))watch_connection);
    must(upgrading_run(path, true, note_said, NULL, &error), &error);
    assert_non_null(strstr(said, "draw 1: good"));
    assert_non_null(strstr(said, "draw noche's 2: good"));
    if (checks != 1) {
        fail_msg("expected: one check of the whole file for its two draws; there were %d", checks);
    }
}

// As if each piece of a draw took 1.1 seconds: of 348 bets the first piece has 1, and the second 40.
static void how_far_a_check_is_and_how_long_it_takes_is_told(void **state) {
    (void)state;
    struct error error;
    step_ms = 1100;
    must(upgrading_run(path, true, note_said, NULL, &error), &error);
    static const char *const words[] = {
        "bets of the draw checked: 0 %\n", "bets of the draw checked: 11 %, some 8 s more\n",
        "bets of the draw checked: 97 %\ndraw 1: good: 4 chunks with 348 bets"};
    for (const char *at = said, *const *word = words; word < words + 3; word++) {
        at = strstr(at, *word);
        if (at == NULL) {
            fail_msg("expected, in this order: %s\nsaid was: %s", *word, said);
        }
    }
}

// A number that SQL gives about the store.
static int ask(const char *sql) {
    sqlite3 *database;
    sqlite3_stmt *statement;
    assert_int_equal(sqlite3_open(path, &database), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(database, sql, -1, &statement, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    int number = sqlite3_column_int(statement, 0);
    sqlite3_finalize(statement);
    sqlite3_close(database);
    return number;
}

// An index that leads elsewhere belongs to no draw.
static void a_damaged_file_is_not_upgraded(void **state) {
    (void)state;
    struct error error;
    int root = ask("SELECT rootpage FROM sqlite_schema WHERE name = 'sqlite_autoindex_chunks_1'");
    long at = (long)root * ask("PRAGMA page_size") - 1; // of its first entry, the last byte
    FILE *file = fopen(path, "r+b");
    assert_non_null(file);
    assert_int_equal(fseek(file, at, SEEK_SET), 0);
    int byte = fgetc(file);
    assert_int_equal(fseek(file, at, SEEK_SET), 0);
    assert_int_equal(fputc(byte ^ 64, file), byte ^ 64);
    assert_int_equal(fclose(file), 0);
    if (upgrading_run(path, true, note_said, NULL, &error)) {
        fail_msg("expected: a store with a damaged index is not upgraded; it was: %s", said);
    }
    assert_int_equal(error.code, ERROR_STORE_FAILED);
    if (strstr(error.text, "night.db: is damaged, so it is not upgraded, and stays as it was") == NULL) {
        fail_msg("expected: that the store is damaged; told was: %s", error.text);
    }
    assert_int_equal(ask("PRAGMA user_version"), 2);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_file_is_checked_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(how_far_a_check_is_and_how_long_it_takes_is_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_damaged_file_is_not_upgraded, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
