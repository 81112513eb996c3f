// A store's draws and winners are listed, and a name that is not there is answered with those that are.
#include "command.h"

#define OPENED "2026-01-01T10:00:00Z"
#define SEALED "2026-01-01T10:20:00Z"
#define DRAWN "2026-01-01T10:30:00Z"

static void make_store(void) {
    struct store *store = open_store("monday");
    put_draw(store, (struct stored_draw){.agencies = 2, .opened_at = OPENED});
    put_agency(store, (struct stored_agency){.agency = 1, .bets = 7});
    close_store(store);
    store = open_store("friday");
    put_draw(store, (struct stored_draw){.agencies = 3, .opened_at = OPENED});
    put_winner(store, 1, 4);
    put_winner(store, 3, 0);
    for (uint32_t agency = 1; agency <= 3; agency++) {
        put_agency(store, (struct stored_agency){.agency = agency, .bets = 5, .finished_at = SEALED});
    }
    put_draw(store, (struct stored_draw){.state = DRAW_DRAWN,
                                         .agencies = 3,
                                         .winning_number = 42,
                                         .opened_at = OPENED,
                                         .sealed_at = SEALED,
                                         .drawn_at = DRAWN,
                                         .voided = 2});
    close_store(store);
}

static void assert_done(int status) {
    assert_string_equal(command_errors, "");
    assert_int_equal(status, EXIT_DONE);
}

static void each_draw_has_a_line(void **state) {
    (void)state;
    make_store();
    assert_done(run_command(cli_draws, "draws", "--store", "store.db", NULL));
    assert_string_equal(command_output, "draw              state   opened                sealed              "
                                        "  drawn                        finished"
                                        "          bets    winners\n"
                                        "friday            drawn   " OPENED "  " SEALED "  " DRAWN
                                        "           3 of 3            15          2\n"
                                        "monday            open    " OPENED
                                        "  -                     -                              0 of 2"
                                        "             7          -\n");
}

static void json_has_everything(void **state) {
    (void)state;
    make_store();
    assert_done(run_command(cli_draws, "draws", "--store", "store.db", "--json", NULL));
    assert_string_equal(
        command_output,
        "[{\"draw\":\"friday\",\"state\":\"drawn\",\"opened_at\":\"" OPENED "\",\"closes_at\":null,"
        "\"closed_at\":null,\"sealed_at\":\"" SEALED "\",\"drawn_at\":\"" DRAWN "\",\"erased_at\":null,"
        "\"agencies\":3,\"finished\":3,\"bets\":15,\"voided\":2,\"winners\":2},"
        "{\"draw\":\"monday\",\"state\":\"open\",\"opened_at\":\"" OPENED "\",\"closes_at\":null,"
        "\"closed_at\":null,\"sealed_at\":null,\"drawn_at\":null,\"erased_at\":null,"
        "\"agencies\":2,\"finished\":0,\"bets\":7,\"voided\":0,\"winners\":null}]\n");
}

static void winners_in_each_form(void **state) {
    (void)state;
    make_store();
    assert_done(run_command(cli_winners, "winners", "--store", "store.db", "--draw", "friday", NULL));
    assert_string_equal(command_output, "Draw friday: drawn, winning number 0042\n\n"
                                        "  agency           bet  document\n"
                                        "       1             4  30904465\n"
                                        "       3             0  30904465\n");
    assert_done(
        run_command(cli_winners, "winners", "--store", "store.db", "--draw", "friday", "--csv", NULL));
    assert_string_equal(command_output, "1,4,30904465\n3,0,30904465\n");
    assert_done(run_command(cli_winners, "winners", "--store", "store.db", "--draw", "friday", "--json",
                            "--agency", "3", NULL));
    assert_string_equal(command_output, "{\"draw\":\"friday\",\"winning_number\":42,\"winners\":["
                                        "{\"agency\":3,\"bet\":0,\"document\":\"30904465\"}]}\n");
    assert_int_equal(run_command(cli_winners, "winners", "--store", "store.db", "--draw", "friday", "--json",
                                 "--csv", NULL),
                     EXIT_WRONG_USE);
    assert_one_error("quiniela winners: --json and --csv exclude each other");
}

static void before_the_draw_there_are_none(void **state) {
    (void)state;
    make_store();
    assert_int_equal(run_command(cli_winners, "winners", "--store", "store.db", "--draw", "monday", NULL),
                     EXIT_FAILED);
    assert_one_error("quiniela winners: draw \"monday\" is open: it has no winners yet");
    assert_string_equal(command_output, "");
}

static void an_erased_draw_keeps_its_counts(void **state) {
    (void)state;
    make_store();
    assert_int_equal(run_command(cli_erase, "erase", "--store", "store.db", "--yes", NULL), EXIT_WRONG_USE);
    assert_one_error("which one? Say --draw NAME");
    assert_int_equal(run_command(cli_erase, "erase", "--store", "store.db", "--draw", "friday", NULL),
                     EXIT_WRONG_USE);
    assert_non_null(strstr(command_errors, "no server opens the draw again: add --yes"));
    assert_string_equal(command_output, "draw friday: would be erased: 15 bets of 3 agencies, 2 voided bets, "
                                        "the documents of 2 winners\n");
    assert_done(run_command(cli_winners, "winners", "--store", "store.db", "--draw", "friday", NULL));
    write_text("store.db.v2", "kept");
    write_text("store.db.before-restore", "kept");
    write_text("store.db.before-restore-wal", "kept");
    write_text("store.db.restored", "what a restore that was killed has left");
    write_text("store.db.restored.quiniela-unfinished", "another");
    write_text("store.db.backup", "at: 2026-11-26T21:30:00Z\nbytes: 4\npath: /backup/night.db\n");
    assert_done(run_command(cli_erase, "erase", "--store", "store.db", "--draw", "friday", "--yes", NULL));
    assert_non_null(strstr(command_output, "draw friday: erased: 15 bets of 3 agencies, 2 voided bets, "
                                           "the documents of 2 winners\nnot touched: /"));
    assert_non_null(strstr(command_output, "store.db.v2\nnot touched: /"));
    assert_non_null(strstr(command_output, "store.db.before-restore\n"));
    assert_non_null(strstr(command_output, "store.db.before-restore-wal\n"));
    assert_non_null(strstr(command_output, "store.db.restored\n"));
    assert_non_null(strstr(command_output, "store.db.restored.quiniela-unfinished\n"
                                           "not touched: /backup/night.db, the last backup, of "
                                           "2026-11-26T21:30:00Z\nnot touched: backups, exports, "));
    assert_non_null(strstr(command_output, "the server's log"));
    assert_done(run_command(cli_draws, "draws", "--store", "store.db", NULL));
    assert_non_null(strstr(command_output, "friday            erased  " OPENED "  " SEALED "  " DRAWN
                                           "           3 of 3            15          2\n"));
    assert_int_equal(run_command(cli_winners, "winners", "--store", "store.db", "--draw", "friday", NULL),
                     EXIT_FAILED);
    assert_one_error("draw \"friday\" was erased at 2");
    assert_int_equal(run_command(cli_export, "export", "--store", "store.db", "--draw", "friday", NULL),
                     EXIT_FAILED);
    assert_one_error("draw \"friday\" was erased at 2");
    assert_done(run_command(cli_check, "check", "--store", "store.db", "--draw", "friday", NULL));
}

// Its bets take part: not even what would be erased is said.
static void an_open_draw_is_not_erased(void **state) {
    (void)state;
    make_store();
    for (int yes = 0; yes < 2; yes++) {
        assert_int_equal(run_command(cli_erase, "erase", "--store", "store.db", "--draw", "monday",
                                     yes ? "--yes" : NULL, NULL),
                         EXIT_FAILED);
        assert_one_error("draw \"monday\" is open, and only a drawn one can be erased");
        assert_non_null(strstr(command_errors, "close it first (quiniela close"));
        assert_string_equal(command_output, "");
    }
}

static void a_wrong_name_is_answered_with_the_right_ones(void **state) {
    (void)state;
    static const struct {
        int (*run)(const struct command_line *line);
        const char *name;
    } commands[] = {
        {cli_status, "status"}, {cli_export, "export"}, {cli_check, "check"}, {cli_winners, "winners"}};
    make_store();
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        assert_int_equal(run_command(commands[i].run, commands[i].name, "--store", "store.db", NULL),
                         EXIT_FAILED);
        assert_one_error("store.db: it has no draw \"1\"; it has \"friday\", \"monday\"");
    }
}

static void too_many_names_are_counted(void **state) {
    (void)state;
    struct store *store = open_store("1");
    close_store(store);
    assert_int_equal(run_command(cli_status, "status", "--store", "store.db", NULL), EXIT_FAILED);
    assert_one_error("store.db: it has no draw \"1\", and no other one");
    for (int i = 0; i < 30; i++) {
        char name[32];
        snprintf(name, sizeof name, "the draw of night %02d", i);
        store = open_store(name);
        put_draw(store, (struct stored_draw){.agencies = 2, .opened_at = OPENED});
        close_store(store);
    }
    assert_int_equal(run_command(cli_status, "status", "--store", "store.db", NULL), EXIT_FAILED);
    assert_one_error("it has \"the draw of night 00\", \"the draw of night 01\", \"the draw of night 02\", "
                     "\"the draw of night 03\", \"the draw of night 04\" and 25 others: see quiniela draws");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_draw_has_a_line, enter_folder, leave_folder),
        cmocka_unit_test_setup_teardown(json_has_everything, enter_folder, leave_folder),
        cmocka_unit_test_setup_teardown(winners_in_each_form, enter_folder, leave_folder),
        cmocka_unit_test_setup_teardown(before_the_draw_there_are_none, enter_folder, leave_folder),
        cmocka_unit_test_setup_teardown(an_erased_draw_keeps_its_counts, enter_folder, leave_folder),
        cmocka_unit_test_setup_teardown(an_open_draw_is_not_erased, enter_folder, leave_folder),
        cmocka_unit_test_setup_teardown(a_wrong_name_is_answered_with_the_right_ones, enter_folder,
                                        leave_folder),
        cmocka_unit_test_setup_teardown(too_many_names_are_counted, enter_folder, leave_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
