// An agency's file is checked whole before anything of it is sent, and must not change afterwards.
#include "logged.h"
#include "reader_story.h"

#include "agency/file_check.h"
#include "agency/listener.h"
#include "base/signals.h"
#include "bet/errors.h"
#include "cli/client_log.h"

#include <signal.h>
#include <time.h>

static struct reader *reader;
static struct file_findings findings;
static struct error error;

static struct client_log client_log;
static const struct listener listener = {client_log_event, &client_log};

static int begin(void **state) {
    listener_use(&listener);
    begin_logging();
    return enter_folder(state);
}

static int end(void **state) {
    if (reader != NULL) {
        reader_close(&reader);
    }
    end_logging();
    listener_use(NULL);
    return leave_folder(state);
}

static bool check(const char *text) {
    write_file(text, strlen(text));
    reader = open_file();
    return file_check(reader, 1, &findings, &error);
}

static void assert_said(const char *line) {
    if (logged(line) != 1) {
        fail_msg("expected \"%s\" once, came:\n%s", line, logging.text);
    }
}

static void a_good_file_is_at_its_beginning_afterwards(void **state) {
    (void)state;
    static const char good[] = BET("1") BET("2") BET("3");
    assert_true(check(good));
    assert_int_equal(findings.lines, 3);
    assert_int_equal(findings.bad, 0);
    assert_int_equal(reader_position(reader), 0);
    expect_rows(reader, good, sizeof good - 1);
    assert_int_equal(logged("action: "), 0);
}

static void every_bad_line_is_named(void **state) {
    (void)state;
    assert_false(check(BET("1") "Ana\n" BET("2") "\n\n" BET("3") "\"Ana\n" BET("10000") BET("4") "\n"));
    assert_int_equal(findings.bad, 5);
    assert_int_equal(findings.lines, 9); // without the empty one at the end
    assert_error(&error, ERROR_BAD_BET);
    assert_string_equal(error.text, FILE_NAME ":2: the bet has 1 field instead of 5: \"Ana\"");
    assert_said(FILE_NAME ":2: the bet has 1 field instead of 5");
    assert_said(FILE_NAME ":4: an empty line within the file");
    assert_said(FILE_NAME ":5: an empty line within the file");
    assert_said(FILE_NAME ":7: a quote that is not closed");
    assert_said(FILE_NAME ":8: numero: is not from 0 to 9999");
    assert_int_equal(logged("action: read_bets | result: fail | error: bad_bet"), 5);
}

static void twenty_are_listed_and_all_are_counted(void **state) {
    (void)state;
    char text[2048] = "";
    for (int i = 0; i < 100; i++) {
        strcat(text, i % 2 == 0 ? "no bet\n" : "one;more\n");
    }
    assert_false(check(text));
    assert_int_equal(findings.bad, 100);
    assert_int_equal(logged("action: read_bets | result: fail"), BAD_LINES_LISTED_MAX);
    assert_said(FILE_NAME ":20: ");
}

static void a_file_of_another_kind_is_told_once(void **state) {
    (void)state;
    static const char *const others[] = {"PK\x03\x04 sheet\nmore\n" BET("1"), "%PDF-1\nmore\n",
                                         "Ana,Paz,1,1999-03-17,7\rAna,Paz,1,1999-03-17,7\r\nmore\n"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        assert_false(check(others[i]));
        assert_true(findings.is_other);
        assert_int_equal(logged("result: fail"), i + 1);
        reader_close(&reader);
    }
}

static void a_line_longer_than_any_buffer_is_one(void **state) {
    (void)state;
    size_t length = 300 * 1024;
    char *text = malloc(length + 64);
    assert_non_null(text);
    memset(text, 'a', length);
    strcpy(text + length, "\n" BET("1") "bad\n");
    assert_false(check(text));
    assert_int_equal(findings.lines, 3);
    assert_int_equal(findings.bad, 2);
    assert_said(FILE_NAME ":1: the line is too long for a bet");
    assert_said(FILE_NAME ":3: the bet has 1 field");
    free(text);
}

static void an_empty_file_is_warned_of_or_refused(void **state) {
    (void)state;
    assert_true(check("\n"));
    assert_said(" WARNING  action: read_bets | result: in_progress | file: " FILE_NAME
                " | message: it has no bets: sending it ends agency 1 without any\n");
    assert_true(reader_seek(reader, 0, &error));
    reader_set_strict(reader);
    assert_false(file_check(reader, 1, &findings, &error));
    assert_error(&error, ERROR_BAD_BET);
    assert_string_equal(error.text, FILE_NAME ": it has no bets");
    assert_said(FILE_NAME ": it has no bets\n");
}

// Whether bets can be read from a file that was good when it was checked.
static bool can_read(void) {
    struct chunk *chunk = chunk_new(CHUNK_BETS, MESSAGE_BYTES_MAX);
    bool at_end;
    assert_non_null(chunk);
    bool read = reader_fill(reader, chunk, CHUNK_BETS, MESSAGE_BYTES_MAX, &at_end, &error);
    chunk_free(chunk);
    if (!read) {
        assert_error(&error, ERROR_CONFLICT);
        assert_string_equal(error.text, FILE_NAME ": has changed, or another file has taken its place, since "
                                                  "it was checked; start again");
    }
    return read;
}

static void set_time(long nanoseconds) {
    const struct timespec times[2] = {{7, nanoseconds}, {7, nanoseconds}};
    assert_int_equal(utimensat(AT_FDCWD, FILE_NAME, times, 0), 0);
}

static void a_file_that_changes_after_the_check_is_refused(void **state) {
    (void)state;
    assert_true(check(BET("1") BET("2")));
    write_file(BET("1"), strlen(BET("1")));
    assert_false(can_read());
    reader_close(&reader);

    write_file(BET("1"), strlen(BET("1")));
    set_time(500);
    reader = open_file();
    assert_true(file_check(reader, 1, &findings, &error));
    write_file(BET("2"), strlen(BET("2"))); // as long as before
    set_time(501);
    assert_false(can_read());
}

static void a_file_whose_name_another_has_taken_is_refused(void **state) {
    (void)state;
    assert_true(check(BET("1")));
    assert_int_equal(rename(FILE_NAME, "agency-1.csv.old"), 0);
    assert_true(can_read()); // it is still the one that was checked
    assert_true(reader_seek(reader, 0, &error));
    write_file(BET("1"), strlen(BET("1")));
    assert_false(can_read());
    assert_int_equal(unlink("agency-1.csv.old"), 0);
}

static void a_file_that_changes_during_the_check_is_refused(void **state) {
    (void)state;
    write_file(BET("1"), strlen(BET("1")));
    reader = open_file();
    write_file(BET("1") BET("2"), 2 * strlen(BET("1")));
    assert_false(file_check(reader, 1, &findings, &error));
    assert_error(&error, ERROR_CONFLICT);
    assert_non_null(strstr(error.text, "since it was opened"));
}

static void a_file_that_was_not_checked_may_change(void **state) {
    (void)state;
    write_file(BET("1"), strlen(BET("1")));
    reader = open_file();
    write_file(BET("1") BET("2"), 2 * strlen(BET("1")));
    assert_true(can_read());
}

static void a_signal_ends_it_early(void **state) {
    (void)state;
    size_t length;
    char *text = make_many(&length);
    int descriptor = signals_open(&error);
    signals_hold();
    raise(SIGTERM);
    text[length] = '\0';
    strcpy(text + length, "bad\n");
    assert_true(check(text));
    assert_true(findings.was_stopped);
    assert_true(findings.lines < MANY_BETS);
    assert_int_equal(signals_take(descriptor, NULL), SIGTERM); // left for whoever ends the program
    close(descriptor);
    free(text);
}

#undef STORY
#define STORY(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void) {
    const struct CMUnitTest tests[] = {
        STORY(a_good_file_is_at_its_beginning_afterwards),
        STORY(every_bad_line_is_named),
        STORY(twenty_are_listed_and_all_are_counted),
        STORY(a_file_of_another_kind_is_told_once),
        STORY(a_line_longer_than_any_buffer_is_one),
        STORY(an_empty_file_is_warned_of_or_refused),
        STORY(a_file_that_changes_after_the_check_is_refused),
        STORY(a_file_whose_name_another_has_taken_is_refused),
        STORY(a_file_that_changes_during_the_check_is_refused),
        STORY(a_file_that_was_not_checked_may_change),
        STORY(a_signal_ends_it_early),
    };
    return cmocka_run_group_tests_name("file check", tests, NULL, NULL);
}
