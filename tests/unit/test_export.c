// Every stored bet is exported as it came in, nothing damaged is, and no failure leaves half a file.
#include "command.h"

#include <signal.h>
#include <sqlite3.h>

static const struct stored_draw open_draw = {.agencies = 5, .opened_at = "2026-01-01T00:00:00Z"};

// Two agencies, the second in two chunks, stored in another order than they come out in.
static void put_bets(struct store *store) {
    put_draw(store, open_draw);
    put_agency(store, (struct stored_agency){.agency = 1, .bets = 1});
    put_agency(store, (struct stored_agency){.agency = 2, .bets = 3});
    put_chunk(store, 2, 1, 2,
              "María Sol,D'Elía,20000002,1985-02-28,0042\nÑandú,Pérez,AB123,2000-02-29,9999\n",
              (const uint16_t[]){42, 9999});
    put_chunk(store, 2, 0, 1, "Juan,Gómez,20000001,1990-01-31,0\n", (const uint16_t[]){0});
    put_chunk(store, 1, 0, 1, "Santiago Lionel,Lorca,30904465,1999-03-17,2201\n", (const uint16_t[]){2201});
}

#define AGENCY_1 "1,Santiago Lionel,Lorca,30904465,1999-03-17,2201\n"
#define AGENCY_2_FIRST "2,Juan,Gómez,20000001,1990-01-31,0\n"
#define AGENCY_2                                                                                             \
    AGENCY_2_FIRST "2,María Sol,D'Elía,20000002,1985-02-28,0042\n2,Ñandú,Pérez,AB123,2000-02-29,9999\n"

static void make_store(void) {
    struct store *store = open_store("1");
    put_bets(store);
    close_store(store);
}

static void every_bet_comes_out_by_agency_and_place(void **state) {
    (void)state;
    make_store();
    assert_int_equal(run_command(cli_export, "export", "--store", "store.db", NULL), EXIT_DONE);
    assert_string_equal(command_output, AGENCY_1 AGENCY_2);
    assert_string_equal(command_errors, "");
}

static void one_agency_comes_out_alone(void **state) {
    (void)state;
    make_store();
    assert_int_equal(run_command(cli_export, "export", "--store", "store.db", "--agency", "2", NULL),
                     EXIT_DONE);
    assert_string_equal(command_output, AGENCY_2);
    assert_int_equal(run_command(cli_export, "export", "--store", "store.db", "--agency", "3", NULL),
                     EXIT_DONE);
    assert_string_equal(command_output, "");
    assert_string_equal(command_errors, "");
}

static void only_the_draw_that_is_asked_for_comes_out(void **state) {
    (void)state;
    make_store();
    struct store *store = open_store("sunday");
    put_draw(store, open_draw);
    put_agency(store, (struct stored_agency){.agency = 1, .bets = 1});
    put_chunk(store, 1, 0, 1, "Ana,Soto,1,2000-01-01,7\n", (const uint16_t[]){7});
    close_store(store);
    assert_int_equal(run_command(cli_export, "export", "--store", "store.db", "--draw", "sunday", NULL),
                     EXIT_DONE);
    assert_string_equal(command_output, "1,Ana,Soto,1,2000-01-01,7\n");
}

static void a_field_is_quoted_only_where_it_has_to_be(void **state) {
    (void)state;
    struct store *store = open_store("1");
    put_draw(store, open_draw);
    put_agency(store, (struct stored_agency){.agency = 1, .bets = 3});
    put_chunk(store, 1, 0, 3,
              "Ana \"Anita\",Soto,1,2000-01-01,7\nJuan,\"\",2,2000-01-01,8\n' ;,Vega \"x,3,2000-01-01,9\n",
              (const uint16_t[]){7, 8, 9});
    close_store(store);
    assert_int_equal(run_command(cli_export, "export", "--store", "store.db", NULL), EXIT_DONE);
    assert_string_equal(command_output, "1,\"Ana \"\"Anita\"\"\",Soto,1,2000-01-01,7\n"
                                        "1,Juan,\"\"\"\"\"\",2,2000-01-01,8\n"
                                        "1,' ;,\"Vega \"\"x\",3,2000-01-01,9\n");
}

static void formulas_are_made_texts_for_spreadsheets(void **state) {
    (void)state;
    struct store *store = open_store("1");
    put_draw(store, open_draw);
    put_agency(store, (struct stored_agency){.agency = 1, .bets = 4});
    put_chunk(store, 1, 0, 4,
              "=1+1,+Soto,1,2000-01-01,7\n-Juan,@SUM(A1),2,2000-01-01,8\n"
              "=HYPERLINK(\"x\"),Vega-Luz,3,2000-01-01,9\nAna=,'Paz,4,2000-01-01,10\n",
              (const uint16_t[]){7, 8, 9, 10});
    close_store(store);
    assert_int_equal(run_command(cli_export, "export", "--store", "store.db", "--for-spreadsheets", NULL),
                     EXIT_DONE);
    assert_string_equal(command_output, "1,'=1+1,'+Soto,1,2000-01-01,7\n"
                                        "1,'-Juan,'@SUM(A1),2,2000-01-01,8\n"
                                        "1,\"'=HYPERLINK(\"\"x\"\")\",Vega-Luz,3,2000-01-01,9\n"
                                        "1,Ana=,'Paz,4,2000-01-01,10\n");
    assert_int_equal(run_command(cli_export, "export", "--store", "store.db", NULL), EXIT_DONE);
    assert_string_equal(command_output, "1,=1+1,+Soto,1,2000-01-01,7\n"
                                        "1,-Juan,@SUM(A1),2,2000-01-01,8\n"
                                        "1,\"=HYPERLINK(\"\"x\"\")\",Vega-Luz,3,2000-01-01,9\n"
                                        "1,Ana=,'Paz,4,2000-01-01,10\n");
}

static void it_reads_what_is_committed_while_a_server_works(void **state) {
    (void)state;
    make_store();
    struct store *store = open_store("1");
    put_agency(store, (struct stored_agency){.agency = 3, .bets = 1});
    put_chunk(store, 3, 0, 1, "Ana,Soto,1,2000-01-01,7\n", (const uint16_t[]){7});
    assert_int_equal(run_command(cli_export, "export", "--store", "store.db", NULL), EXIT_DONE);
    assert_string_equal(command_output, AGENCY_1 AGENCY_2);
    struct error error;
    assert_true(store_commit(store, &error));
    assert_int_equal(run_command(cli_export, "export", "--store", "store.db", NULL), EXIT_DONE);
    assert_string_equal(command_output, AGENCY_1 AGENCY_2 "3,Ana,Soto,1,2000-01-01,7\n");
    store_close(&store);
}

static void a_store_or_draw_that_is_not_there_is_named(void **state) {
    (void)state;
    assert_int_equal(run_command(cli_export, "export", "--store", "none.db", "--output", "bets.csv", NULL),
                     EXIT_FAILED);
    assert_one_error("quiniela export: none.db: ");
    assert_int_equal(count_files("."), 0);
    make_store();
    assert_int_equal(
        run_command(cli_export, "export", "--store", "store.db", "--draw", "9", "--output", "bets.csv", NULL),
        EXIT_FAILED);
    assert_one_error("quiniela export: store.db: it has no draw \"9\"");
    assert_int_equal(access("bets.csv", F_OK), -1);
    write_text("text.db", "This is no store at all, but it is long enough to look at.\n");
    assert_int_equal(run_command(cli_export, "export", "--store", "text.db", NULL), EXIT_FAILED);
    assert_one_error("quiniela export: text.db: ");
}

// Damage --------------------------------------------------------------------------------------------------

// Exports the store, which has a damaged chunk of agency 2 after a good one: only what is good may come out.
static void assert_damage_is_found(const char *reason) {
    char expected[256];
    snprintf(expected, sizeof expected,
             "quiniela export: the stored chunk of agency 2, first 1, is damaged: %s\n", reason);
    assert_int_equal(run_command(cli_export, "export", "--store", "store.db", NULL), EXIT_FAILED);
    assert_string_equal(command_output, AGENCY_2_FIRST);
    assert_string_equal(command_errors, expected);
}

static void put_one_good_chunk(struct store *store) {
    put_draw(store, open_draw);
    put_agency(store, (struct stored_agency){.agency = 2, .bets = 3});
    put_chunk(store, 2, 0, 1, "Juan,Gómez,20000001,1990-01-31,0\n", (const uint16_t[]){0});
}

static void a_chunk_that_is_not_as_it_was_stored_is_named(void **state) {
    (void)state;
    struct store *store = open_store("1");
    put_one_good_chunk(store);
    struct stored_chunk chunk = {
        .agency = 2,
        .first = 1,
        .count = 1,
        .numbers = (const uint8_t[]){7, 0},
        .rows = "Ana,Soto,1,2000-01-01,7\n",
        .rows_length = strlen("Ana,Soto,1,2000-01-01,7\n"),
    };
    struct error error;
    assert_true(chunk_digest(chunk.numbers, 1, chunk.rows, chunk.rows_length, chunk.digest));
    chunk.digest[31] ^= 1;
    assert_true(store_add_chunk(store, &chunk, &error));
    close_store(store);
    assert_damage_is_found("its digest is another");
}

static void a_chunk_whose_lines_do_not_fit_is_named(void **state) {
    (void)state;
    static const struct {
        const char *rows, *reason;
    } wrong[] = {
        {"Ana,Soto,1,2000-01-01,7\n", "it has fewer lines than bets"},
        {"Ana,Soto,1,2000-01-01,7\nEva,Luna,2,2000-01-01,8", "it has fewer lines than bets"},
        {"Ana,Soto,1,2000-01-01,7\nEva,Luna,2,2000-01-01,8\nE", "it has more lines than bets"},
        {"Ana,Soto,1,2000-01-01,7\nEva,Luna,2,2000-01-01,9\n",
         "a line's number is not the one stored beside it"},
        {"Ana,Soto,1,2000-01-01,7\nEva,2,2000-01-01,8\n", "the bet has 4 fields instead of 5"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct store *store = open_store("1");
        put_one_good_chunk(store);
        put_chunk(store, 2, 1, 2, wrong[i].rows, (const uint16_t[]){7, 8});
        close_store(store);
        assert_damage_is_found(wrong[i].reason);
        unlink("store.db");
    }
}

static void a_failed_export_leaves_the_file_as_it_was(void **state) {
    (void)state;
    struct store *store = open_store("1");
    put_one_good_chunk(store);
    put_chunk(store, 2, 1, 1, "no bet\n", (const uint16_t[]){7});
    close_store(store);
    assert_int_equal(mkdir("out", 0777), 0);
    for (int files = 0; files <= 1; files++) {
        assert_int_equal(
            run_command(cli_export, "export", "--store", "store.db", "--output", "out/bets.csv", NULL),
            EXIT_FAILED);
        assert_one_error("agency 2, first 1");
        assert_int_equal(count_files("out"), files);
        write_text("out/bets.csv", "the last good one\n");
    }
    assert_file("out/bets.csv", "the last good one\n");
}

// Whichever row is gone: the export says which bets are missing, and leaves no file, or the one that was
// there.
static void a_chunk_that_is_gone_is_named(void **state) {
    (void)state;
    static const struct {
        const char *sql, *says;
    } gone[] = {
        {"DELETE FROM chunks WHERE agency = 1", "of agency 1 the bets from 0 to 0 are missing"},
        {"DELETE FROM chunks WHERE agency = 2 AND first = 0", "of agency 2 the bets from 0 to 0 are missing"},
        {"DELETE FROM chunks WHERE agency = 2 AND first = 1", "of agency 2 the bets from 1 to 2 are missing"},
        {"DELETE FROM chunks WHERE agency = 2", "of agency 2 the bets from 0 to 2 are missing"},
        {"DELETE FROM chunks", "of agency 1 the bets from 0 to 0 are missing"},
        {"DELETE FROM agencies WHERE agency = 1",
         "the chunk of agency 1 from bet 0 on lies where none can be"},
        {"DELETE FROM agencies WHERE agency = 2",
         "the chunk of agency 2 from bet 0 on lies where none can be"},
    };
    assert_int_equal(mkdir("out", 0777), 0);
    for (size_t i = 0; i < sizeof gone / sizeof gone[0]; i++) {
        unlink("store.db");
        make_store();
        sqlite3 *database;
        assert_int_equal(sqlite3_open("store.db", &database), SQLITE_OK);
        assert_int_equal(sqlite3_exec(database, gone[i].sql, NULL, NULL, NULL), SQLITE_OK);
        assert_true(sqlite3_changes(database) > 0);
        sqlite3_close(database);
        for (int files = 0; files <= 1; files++) {
            assert_int_equal(
                run_command(cli_export, "export", "--store", "store.db", "--output", "out/bets.csv", NULL),
                EXIT_FAILED);
            assert_one_error(gone[i].says);
            assert_int_equal(count_files("out"), files);
            write_text("out/bets.csv", "the last good one\n");
        }
        assert_file("out/bets.csv", "the last good one\n");
        assert_int_equal(unlink("out/bets.csv"), 0);
    }
}

// And of one agency alone, whose bets are all there: the others' are not looked at.
static void what_another_agency_has_lost_does_not_matter(void **state) {
    (void)state;
    make_store();
    sqlite3 *database;
    assert_int_equal(sqlite3_open("store.db", &database), SQLITE_OK);
    assert_int_equal(sqlite3_exec(database, "DELETE FROM chunks WHERE agency = 1", NULL, NULL, NULL),
                     SQLITE_OK);
    sqlite3_close(database);
    assert_int_equal(run_command(cli_export, "export", "--store", "store.db", "--agency", "2", NULL),
                     EXIT_DONE);
    assert_string_equal(command_output, AGENCY_2);
    assert_int_equal(run_command(cli_export, "export", "--store", "store.db", "--agency", "1", NULL),
                     EXIT_FAILED);
    assert_one_error("of agency 1 the bets from 0 to 0 are missing");
}

// Output --------------------------------------------------------------------------------------------------

static void output_goes_to_the_file(void **state) {
    (void)state;
    make_store();
    assert_int_equal(mkdir("out", 0777), 0);
    assert_int_equal(
        run_command(cli_export, "export", "--store", "store.db", "--output", "out/bets.csv", NULL),
        EXIT_DONE);
    assert_string_equal(command_output, "");
    assert_file("out/bets.csv", AGENCY_1 AGENCY_2);
    assert_int_equal(count_files("out"), 1);
    struct stat status;
    assert_int_equal(stat("out/bets.csv", &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    assert_int_equal(run_command(cli_export, "export", "--store", "store.db", "--output", "-", NULL),
                     EXIT_DONE);
    assert_string_equal(command_output, AGENCY_1 AGENCY_2);
}

// Also for those who had the old one open.
static void a_file_that_everybody_may_read_is_replaced_by_a_private_one(void **state) {
    (void)state;
    make_store();
    write_text("bets.csv", "old\n");
    assert_int_equal(chmod("bets.csv", 0666), 0);
    int old = open("bets.csv", O_RDONLY | O_CLOEXEC);
    assert_int_equal(run_command(cli_export, "export", "--store", "store.db", "--output", "bets.csv", NULL),
                     EXIT_DONE);
    struct stat status, status_of_old;
    assert_int_equal(stat("bets.csv", &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    assert_int_equal(fstat(old, &status_of_old), 0);
    assert_true(status.st_ino != status_of_old.st_ino);
    assert_int_equal(status_of_old.st_size, 4);
    close(old);
    assert_file("bets.csv", AGENCY_1 AGENCY_2);
}

static void a_link_stays(void **state) {
    (void)state;
    make_store();
    write_text("private.csv", "old\n");
    assert_int_equal(symlink("private.csv", "link.csv"), 0);
    assert_int_equal(run_command(cli_export, "export", "--store", "store.db", "--output", "link.csv", NULL),
                     EXIT_DONE);
    struct stat status;
    assert_int_equal(lstat("link.csv", &status), 0);
    assert_true(S_ISLNK(status.st_mode));
    assert_int_equal(stat("private.csv", &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    assert_file("private.csv", AGENCY_1 AGENCY_2);
}

// As a device is too; a pipe of the test's own, so that a test that fails takes no device's place.
static void what_is_no_file_is_written_as_it_is(void **state) {
    (void)state;
    make_store();
    assert_int_equal(mkfifo("pipe", 0600), 0);
    int reader = open("pipe", O_RDONLY | O_NONBLOCK);
    assert_true(reader >= 0);
    assert_int_equal(run_command(cli_export, "export", "--store", "store.db", "--output", "pipe", NULL),
                     EXIT_DONE);
    char text[1024];
    ssize_t length = read(reader, text, sizeof text - 1);
    close(reader);
    assert_true(length > 0);
    text[length] = '\0';
    assert_string_equal(text, AGENCY_1 AGENCY_2);
    struct stat status;
    assert_true(stat("pipe", &status) == 0 && S_ISFIFO(status.st_mode));
}

static void output_that_cannot_be_written_is_a_failure(void **state) {
    (void)state;
    make_store();
    assert_int_equal(
        run_command_into(open("/dev/full", O_WRONLY), cli_export, "export", "--store", "store.db", NULL),
        EXIT_FAILED);
    assert_string_equal(command_errors,
                        "quiniela export: standard output: cannot write: No space left on device\n");
    assert_int_equal(run_command(cli_export, "export", "--store", "store.db", "--output", ".", NULL),
                     EXIT_FAILED);
    assert_one_error("quiniela export: .: cannot write: Is a directory");
    assert_int_equal(
        run_command(cli_export, "export", "--store", "store.db", "--output", "no/bets.csv", NULL),
        EXIT_FAILED);
    assert_one_error("quiniela export: no/bets.csv: it or its folder cannot be reached: No such file");
}

static void a_reader_that_is_gone_is_a_failure(void **state) {
    (void)state;
    make_store();
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    close(ends[0]);
    signal(SIGPIPE, SIG_IGN); // as the program has it
    assert_int_equal(run_command_into(ends[1], cli_export, "export", "--store", "store.db", NULL),
                     EXIT_FAILED);
    assert_string_equal(command_errors, "quiniela export: standard output: cannot write: Broken pipe\n");
}

static void wrong_use_is_told_apart_from_failure(void **state) {
    (void)state;
    assert_int_equal(run_command(cli_export, "export", "--agency", "0", NULL), EXIT_WRONG_USE);
    assert_one_error("quiniela export: --agency: ");
    assert_int_equal(run_command(cli_export, "export", "--help", NULL), EXIT_DONE);
    assert_non_null(strstr(command_output, "--agency N"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        STORY(every_bet_comes_out_by_agency_and_place),
        STORY(one_agency_comes_out_alone),
        STORY(only_the_draw_that_is_asked_for_comes_out),
        STORY(a_field_is_quoted_only_where_it_has_to_be),
        STORY(formulas_are_made_texts_for_spreadsheets),
        STORY(it_reads_what_is_committed_while_a_server_works),
        STORY(a_store_or_draw_that_is_not_there_is_named),
        STORY(a_chunk_that_is_not_as_it_was_stored_is_named),
        STORY(a_chunk_whose_lines_do_not_fit_is_named),
        STORY(a_failed_export_leaves_the_file_as_it_was),
        STORY(a_chunk_that_is_gone_is_named),
        STORY(what_another_agency_has_lost_does_not_matter),
        STORY(output_goes_to_the_file),
        STORY(a_file_that_everybody_may_read_is_replaced_by_a_private_one),
        STORY(a_link_stays),
        STORY(what_is_no_file_is_written_as_it_is),
        STORY(output_that_cannot_be_written_is_a_failure),
        STORY(a_reader_that_is_gone_is_a_failure),
        STORY(wrong_use_is_told_apart_from_failure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
