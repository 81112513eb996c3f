// What agencies that were reset had sent comes out by itself, and its damage is found.
#include "command.h"
#include "filed.h"

#include <sqlite3.h>

// Agency 1 had sent 3 bets in two chunks, then 1, and then another one; agency 2 was never reset.
static void make_store(void) {
    no_inbox();
    struct store *store = open_store("1");
    struct error error;
    uint64_t first, second;
    put_draw(store, (struct stored_draw){.agencies = 5, .opened_at = "2026-01-01T00:00:00Z", .voided = 4});
    put_chunk(store, 1, 0, 2, "Ana,Paz,1,2000-01-01,7\nÑ,=2,2,2000-01-01,8\n", (const uint16_t[]){7, 8});
    put_chunk(store, 1, 2, 1, "C,D \"E\",3,2000-01-01,0009\n", (const uint16_t[]){9});
    assert_true(store_void_agency(store, 1, 1, &first, &error));
    put_chunk(store, 1, 0, 1, "Eva,Sol,4,2000-01-01,1\n", (const uint16_t[]){1});
    assert_true(store_void_agency(store, 1, 2, &second, &error));
    put_chunk(store, 1, 0, 1, "Eva,Luna,5,2000-01-01,2\n", (const uint16_t[]){2});
    put_agency(store, (struct stored_agency){.agency = 1, .bets = 1, .voidings = 2});
    put_chunk(store, 2, 0, 1, "Juan,Gil,6,2000-01-01,3\n", (const uint16_t[]){3});
    put_agency(store, (struct stored_agency){.agency = 2, .bets = 1});
    close_store(store);
    assert_int_equal(first, 3);
    assert_int_equal(second, 1);
}

static void assert_export(const char *flag, const char *expected) {
    int status = run_command(cli_export, "export", "--store", "store.db", flag, NULL);
    assert_string_equal(command_errors, "");
    assert_int_equal(status, EXIT_DONE);
    assert_string_equal(command_output, expected);
}

static void each_line_names_its_reset(void **state) {
    (void)state;
    make_store();
    assert_export(NULL, "1,Eva,Luna,5,2000-01-01,2\n2,Juan,Gil,6,2000-01-01,3\n");
    assert_export("--voided", "1,1,Ana,Paz,1,2000-01-01,7\n1,1,Ñ,=2,2,2000-01-01,8\n"
                              "1,1,C,\"D \"\"E\"\"\",3,2000-01-01,0009\n1,2,Eva,Sol,4,2000-01-01,1\n");
    assert_int_equal(
        run_command(cli_export, "export", "--store", "store.db", "--voided", "--agency", "2", NULL),
        EXIT_DONE);
    assert_string_equal(command_output, "");
    assert_int_equal(run_command(cli_check, "check", "--store", "store.db", NULL), EXIT_DONE);
    assert_string_equal(command_output,
                        "draw 1: good: 2 chunks with 2 bets | voided: 4 | winners: 0 | damages: 0\n");
}

static void damage(const char *sql) {
    sqlite3 *database;
    assert_int_equal(sqlite3_open("store.db", &database), SQLITE_OK);
    assert_int_equal(sqlite3_exec(database, sql, NULL, NULL, NULL), SQLITE_OK);
    assert_true(sqlite3_changes(database) > 0);
    sqlite3_close(database);
}

static void each_damage_is_found(void **state) {
    (void)state;
    static const struct {
        const char *sql, *said;
    } damages[] = {
        {"UPDATE voided SET rows = replace(rows, 'Paz', 'Paz2')",
         "the stored chunk of agency 1, first 0, is damaged: its digest is another"},
        {"UPDATE voided SET numbers = x'0000' WHERE first = 2",
         "the chunk from bet 2 on, of reset 1 of agency 1, is not as it was stored"},
        {"UPDATE voided SET voiding = 3 WHERE voiding = 2",
         "the chunk from bet 0 on, of reset 3 of agency 1, is not as it was stored"},
        {"DELETE FROM voided WHERE first = 0 AND voiding = 1",
         "of reset 1 of agency 1 bet 0 was to come, and bet 2 came"},
        {"DELETE FROM voided WHERE first = 2", "3 voided bets are there in place of 4"},
        {"DELETE FROM voided", "0 voided bets are there in place of 4"},
    };
    for (size_t i = 0; i < sizeof damages / sizeof damages[0]; i++) {
        unlink("store.db");
        make_store();
        damage(damages[i].sql);
        assert_int_equal(run_command(cli_check, "check", "--store", "store.db", NULL), EXIT_FAILED);
        if (strstr(command_output, damages[i].said) == NULL) {
            fail_msg("%s: expected \"%s\", it says %s", damages[i].sql, damages[i].said, command_output);
        }
        assert_int_equal(run_command(cli_export, "export", "--store", "store.db", "--voided", NULL),
                         EXIT_FAILED);
        if (strstr(command_errors, damages[i].said) == NULL) {
            fail_msg("%s: expected \"%s\", the export says %s", damages[i].sql, damages[i].said,
                     command_errors);
        }
        assert_int_equal(run_command(cli_export, "export", "--store", "store.db", NULL), EXIT_DONE);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_line_names_its_reset, enter_folder, leave_folder),
        cmocka_unit_test_setup_teardown(each_damage_is_found, enter_folder, leave_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
