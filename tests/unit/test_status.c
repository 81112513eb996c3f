// Status says in table and JSON what is stored, of a draw that is open and of one that is drawn.
#include "command.h"

#define OPENED "2026-01-01T10:00:00Z"
#define FINISHED "2026-01-01T10:20:00Z"
#define DRAWN "2026-01-01T10:30:00Z"

static void put_open_draw(struct store *store) {
    // A winning number may be set from the start; nobody is to see it before the draw.
    put_draw(store, (struct stored_draw){.agencies = 6, .winning_number = 7574, .opened_at = OPENED});
    put_agency(store, (struct stored_agency){.agency = 2, .bets = 26936});
    put_agency(store, (struct stored_agency){.agency = 5, .bets = 991, .finished_at = FINISHED});
}

static void put_drawn_draw(struct store *store) {
    put_agency(store,
               (struct stored_agency){.agency = 1, .bets = 10, .finished_at = FINISHED, .told_at = DRAWN});
    put_agency(store, (struct stored_agency){.agency = 2, .bets = 0, .finished_at = FINISHED});
    put_agency(store, (struct stored_agency){.agency = 3, .bets = 5, .finished_at = FINISHED});
    put_winner(store, 1, 0);
    put_winner(store, 1, 9);
    put_winner(store, 3, 4);
    put_draw(store, (struct stored_draw){.state = DRAW_DRAWN,
                                         .agencies = 3,
                                         .winning_number = 42,
                                         .opened_at = OPENED,
                                         .sealed_at = FINISHED,
                                         .drawn_at = DRAWN});
}

static void make_store(const char *draw, void (*put)(struct store *store)) {
    struct store *store = open_store(draw);
    put(store);
    close_store(store);
}

// What scripts of old read is there as it was; what has been added comes behind it.
static void assert_begins(const char *expected) {
    size_t length = strlen(expected);
    if (strncmp(command_output, expected, length) != 0) {
        assert_string_equal(command_output, expected); // shows both
    }
}

static void assert_has(const char *part) {
    if (strstr(command_output, part) == NULL) {
        fail_msg("expected \"%s\" in: %s", part, command_output);
    }
}

static void a_table_shows_an_open_draw(void **state) {
    (void)state;
    make_store("1", put_open_draw);
    assert_int_equal(run_command(cli_status, "status", "--store", "store.db", NULL), EXIT_DONE);
    assert_begins("Draw 1: open\n"
                  "  agencies        1 of 6 finished\n"
                  "  bets            27927\n"
                  "  opened          " OPENED "\n"
                  "\n"
                  "  agency          bets  state   \n"
                  "       2         26936  sending \n"
                  "       5           991  finished\n"
                  "\n"
                  "4 agencies have sent nothing yet\n");
    assert_string_equal(command_errors, "");
}

static void a_table_shows_a_drawn_draw(void **state) {
    (void)state;
    make_store("1", put_drawn_draw);
    assert_int_equal(run_command(cli_status, "status", "--store", "store.db", NULL), EXIT_DONE);
    assert_begins("Draw 1: drawn\n"
                  "  agencies        3 of 3 finished\n"
                  "  bets            15\n"
                  "  opened          " OPENED "\n"
                  "  sealed          " FINISHED "\n"
                  "  drawn           " DRAWN "\n"
                  "  winning number  0042\n"
                  "  winners         3\n"
                  "\n"
                  "  agency          bets  state     winners\n"
                  "       1            10  told            2\n"
                  "       2             0  finished        0\n"
                  "       3             5  finished        1\n");
}

static void put_nothing_sent(struct store *store) {
    put_draw(store, (struct stored_draw){.agencies = 1, .opened_at = OPENED});
}

static void a_draw_that_nobody_has_sent_to_is_shown(void **state) {
    (void)state;
    make_store("1", put_nothing_sent);
    assert_int_equal(run_command(cli_status, "status", "--store", "store.db", NULL), EXIT_DONE);
    assert_begins("Draw 1: open\n"
                  "  agencies        0 of 1 finished\n"
                  "  bets            0\n"
                  "  opened          " OPENED "\n"
                  "\n"
                  "1 agency has sent nothing yet\n");
    assert_int_equal(run_command(cli_status, "status", "--store", "store.db", "--json", NULL), EXIT_DONE);
    assert_non_null(strstr(command_output, "\"by_agency\":[]}\n"));
}

static void json_shows_an_open_draw_and_escapes_its_name(void **state) {
    (void)state;
    make_store("so \"ñ\"", put_open_draw);
    assert_int_equal(
        run_command(cli_status, "status", "--store", "store.db", "--draw", "so \"ñ\"", "--json", NULL),
        EXIT_DONE);
    assert_begins(
        "{\"draw\":\"so \\\"ñ\\\"\",\"state\":\"open\",\"agencies\":6,\"finished\":1,\"bets\":27927,"
        "\"winning_number\":null,\"opened_at\":\"" OPENED "\",\"sealed_at\":null,\"drawn_at\":null,"
        "\"winners\":null,");
    assert_has(
        ",\"by_agency\":["
        "{\"agency\":2,\"bets\":26936,\"finished\":false,\"finished_at\":null,"
        "\"told\":false,\"told_at\":null,\"winners\":null,\"ending\":null,\"voidings\":0},"
        "{\"agency\":5,\"bets\":991,\"finished\":true,\"finished_at\":\"" FINISHED "\","
        "\"told\":false,\"told_at\":null,\"winners\":null,\"ending\":\"finished\",\"voidings\":0}]}\n");
}

static void json_shows_a_drawn_draw(void **state) {
    (void)state;
    make_store("1", put_drawn_draw);
    assert_int_equal(run_command(cli_status, "status", "--store", "store.db", "--json", NULL), EXIT_DONE);
    assert_begins(
        "{\"draw\":\"1\",\"state\":\"drawn\",\"agencies\":3,\"finished\":3,\"bets\":15,\"winning_number\":42,"
        "\"opened_at\":\"" OPENED "\",\"sealed_at\":\"" FINISHED "\",\"drawn_at\":\"" DRAWN
        "\",\"winners\":3,");
    assert_has("\"by_agency\":["
               "{\"agency\":1,\"bets\":10,\"finished\":true,\"finished_at\":\"" FINISHED "\","
               "\"told\":true,\"told_at\":\"" DRAWN
               "\",\"winners\":2,\"ending\":\"finished\",\"voidings\":0},"
               "{\"agency\":2,\"bets\":0,\"finished\":true,\"finished_at\":\"" FINISHED "\","
               "\"told\":false,\"told_at\":null,\"winners\":0,\"ending\":\"finished\",\"voidings\":0},"
               "{\"agency\":3,\"bets\":5,\"finished\":true,\"finished_at\":\"" FINISHED "\","
               "\"told\":false,\"told_at\":null,\"winners\":1,\"ending\":\"finished\",\"voidings\":0}]}\n");
}

// More agencies than the first room for winner counts has, every third with winners.
static void put_many_agencies(struct store *store) {
    for (uint32_t agency = 1; agency <= 1000; agency++) {
        put_agency(store, (struct stored_agency){.agency = agency, .bets = 9, .finished_at = FINISHED});
        for (uint64_t bet = 0; agency % 3 == 0 && bet < agency % 7; bet++) {
            put_winner(store, agency, bet);
        }
    }
    put_draw(store, (struct stored_draw){.state = DRAW_DRAWN, .agencies = 1000, .opened_at = OPENED});
}

static void every_agency_of_many_gets_its_own_winners(void **state) {
    (void)state;
    make_store("1", put_many_agencies);
    assert_int_equal(run_command(cli_status, "status", "--store", "store.db", NULL), EXIT_DONE);
    const char *row = strstr(command_output, "state     winners\n");
    assert_non_null(row);
    for (unsigned agency = 1; agency <= 1000; agency++) {
        unsigned shown, bets, winners;
        row = strchr(row, '\n') + 1;
        assert_int_equal(sscanf(row, "%u %u finished %u", &shown, &bets, &winners), 3);
        assert_int_equal(shown, agency);
        assert_int_equal(winners, agency % 3 == 0 ? agency % 7 : 0);
    }
}

static void put_too_many_for_a_table(struct store *store) {
    put_draw(store, (struct stored_draw){.agencies = 2000, .opened_at = OPENED});
    for (uint32_t agency = 1; agency <= 1003; agency++) {
        put_agency(store, (struct stored_agency){.agency = agency, .bets = 9});
    }
}

static void a_table_has_an_end(void **state) {
    (void)state;
    make_store("1", put_too_many_for_a_table);
    assert_int_equal(run_command(cli_status, "status", "--store", "store.db", NULL), EXIT_DONE);
    assert_has("\n    1000             9  sending \n          and 3 more agencies: --json has all of them\n"
               "\n997 agencies have sent nothing yet\n");
    assert_null(strstr(command_output, "1001  "));
}

static void put_night(struct store *store) {
    put_draw(store, (struct stored_draw){.agencies = 9,
                                         .opened_at = OPENED,
                                         .number_mode = NUMBER_MANUAL,
                                         .closes_at = DRAWN,
                                         .closes_text = "10:30",
                                         .voided = 17});
    put_agency(store, (struct stored_agency){.agency = 2, .bets = 5, .voidings = 1});
    put_agency(store, (struct stored_agency){
                          .agency = 5, .bets = 1, .finished_at = FINISHED, .ending = AGENCY_ENDED});
    put_agency(store, (struct stored_agency){.agency = 7, .bets = 1, .finished_at = OPENED});
    put_agency(store, (struct stored_agency){.agency = 9, .finished_at = OPENED, .ending = AGENCY_CUT});
}

// Where no server runs, what the store says.
static void what_an_operator_needs_at_night(void **state) {
    (void)state;
    make_store("1", put_night);
    write_text("store.db.backup", "at: " OPENED "\nbytes: 4096\npath: /backups/night.db\n");
    assert_int_equal(run_command(cli_status, "status", "--store", "store.db", NULL), EXIT_DONE);
    assert_has("\n5 agencies have sent nothing yet\n\n"
               "  missing         1-4, 6, 8\n"
               "  finished        first agency 7 at " OPENED ", last agency 5 at " FINISHED "\n"
               "  cut off         by the close: 9; by finish: 5\n"
               "  number          by hand, once the draw is sealed\n"
               "  rules           unsigned\n"
               "  cut-off         " DRAWN ", which has passed: the next start closes the draw\n"
               "  voided          17 bets of agencies that were reset\n"
               "  server          no server takes orders at ");
    assert_has("; this is what the store says\n  last backup     " OPENED ", ");
    assert_has(" ago: /backups/night.db\n\nnext: no server of this draw answers here");
    assert_int_equal(run_command(cli_status, "status", "--store", "store.db", "--json", NULL), EXIT_DONE);
    assert_has(
        ",\"number_mode\":\"manual\",\"has_number\":false,\"signed_by\":null,\"closes_at\":\"" DRAWN
        "\",\"closes_text\":\"10:30\",\"closes_in_s\":0,\"closed_at\":null,\"erased_at\":null,\"voided\":17,"
        "\"told\":0,\"first_finished_at\":\"" OPENED "\",\"last_finished_at\":\"" FINISHED
        "\",\"signed\":null,\"missing_count\":6,\"missing\":[[1,4],[6,6],[8,8]],\"more_missing\":false,\"no_"
        "store\":null,"
        "\"counted_at\":null,\"no_server\":\"no "
        "server ");
    assert_has(",\"server\":null,\"asked\":\"all\",\"no_answer\":null,\"servers\":[],\"last_backup\":{\"at\":"
               "\"" OPENED "\",\"age_s\":");
    assert_has(",\"bytes\":4096,\"path\":\"/backups/"
               "night.db\"},\"next\":{\"do\":\"start_server\",\"agency\":null,\"text\":");
    assert_has("\"ending\":null,\"voidings\":1}");
}

static void a_store_or_draw_that_is_not_there_is_named(void **state) {
    (void)state;
    assert_int_equal(run_command(cli_status, "status", "--store", "none.db", NULL), EXIT_FAILED);
    assert_one_error("quiniela status: none.db: ");
    make_store("1", put_open_draw);
    assert_int_equal(run_command(cli_status, "status", "--store", "store.db", "--draw", "2", "--json", NULL),
                     EXIT_FAILED);
    assert_one_error("quiniela status: store.db: it has no draw \"2\"");
}

static void output_that_cannot_be_written_is_a_failure(void **state) {
    (void)state;
    make_store("1", put_open_draw);
    assert_int_equal(
        run_command_into(open("/dev/full", O_WRONLY), cli_status, "status", "--store", "store.db", NULL),
        EXIT_FAILED);
    assert_string_equal(command_errors,
                        "quiniela status: standard output: cannot write: No space left on device\n");
}

int main(void) {
    setenv("TZ", "UTC", 1); // elsewhere a cut-off's time there is shown, too
    const struct CMUnitTest tests[] = {
        STORY(a_table_shows_an_open_draw),
        STORY(a_table_shows_a_drawn_draw),
        STORY(a_draw_that_nobody_has_sent_to_is_shown),
        STORY(json_shows_an_open_draw_and_escapes_its_name),
        STORY(json_shows_a_drawn_draw),
        STORY(every_agency_of_many_gets_its_own_winners),
        STORY(a_table_has_an_end),
        STORY(what_an_operator_needs_at_night),
        STORY(a_store_or_draw_that_is_not_there_is_named),
        STORY(output_that_cannot_be_written_is_a_failure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
