// An agency reports in the lines of the contract, and says where in its file the trouble is.
#include "cmocka_all.h"
#include "logged.h"

#include "agency/file_check.h"
#include "agency/listener.h"
#include "agency/reader.h"
#include "agency/report.h"
#include "base/log.h"
#include "bet/errors.h"
#include "cli/client_log.h"

#include <stdlib.h>

static struct dialogue_options options;
static struct chunk *single;
static struct client_log client_log;
static const struct listener listener = {client_log_event, &client_log};
static char path[] = "/tmp/test_client_log.XXXXXX";
static struct error error;

static int begin(void **state) {
    (void)state;
    options = (struct dialogue_options){.agency = 12};
    client_log = (struct client_log){0};
    listener_use(&listener);
    log_set_level(LOG_LEVEL_DEBUG);
    begin_logging();
    return 0;
}

static void with_file(void) {
    strcpy(path, "/tmp/test_client_log.XXXXXX");
    int file = mkstemp(path);
    assert_true(file >= 0);
    close(file);
    assert_true(reader_open(path, &options.reader, &error));
}

static int end(void **state) {
    (void)state;
    end_logging();
    listener_use(NULL);
    log_set_level(LOG_LEVEL_INFO);
    if (options.reader != NULL) {
        reader_close(&options.reader);
        unlink(path);
    }
    chunk_free(single);
    single = NULL;
    return 0;
}

static void assert_said(const char *line) {
    if (logged(line) != 1) {
        fail_msg("expected \"%s\" once, came:\n%s", line, logging.text);
    }
}

static void assert_lines(int count) {
    assert_int_equal(logged("action: "), count);
}

static void a_single_bet_has_a_line_of_its_own(void **state) {
    (void)state;
    static const char bet[] = "Ana,Paz,30904465,2000-01-01,7574";
    single = chunk_new(1, BET_TEXT_BYTES_MAX);
    assert_true(chunk_add(single, bet, sizeof bet - 1, &error));
    options.single = client_log.single = single;
    report_acknowledged(&options, 1, 1);
    assert_said(" INFO     action: apuesta_enviada | result: success | dni: 30904465 | numero: 7574\n");
    assert_lines(1);
    report_progress(&options, 1); // which needs a file
    assert_lines(1);
}

static void a_chunk_is_reported_with_its_number(void **state) {
    (void)state;
    with_file();
    report_acknowledged(&options, 100, 300);
    assert_said(" INFO     action: apuestas_enviadas | result: success | agencia: 12 | cantidad: 100\n");
    assert_lines(1);
}

static void an_empty_last_chunk_is_only_logged_for_debugging(void **state) {
    (void)state;
    with_file();
    report_acknowledged(&options, 0, 300);
    assert_said(" DEBUG    action: apuestas_enviadas | result: success | agencia: 12 | cantidad: 0\n");
    assert_lines(1);
}

static void a_file_without_bets_gives_a_warning(void **state) {
    (void)state;
    with_file();
    char line[200];
    report_acknowledged(&options, 0, 0);
    snprintf(line, sizeof line,
             " WARNING  action: read_bets | result: in_progress | file: %s | message: it has no bets: agency "
             "12 has finished without any\n",
             path);
    assert_said(line);
    assert_said(" INFO     action: apuestas_enviadas | result: success | agencia: 12 | cantidad: 0\n");
    assert_lines(2);
}

static void refuse(const struct error_code *code, uint32_t count, uint64_t end) {
    struct reply reply = {.type = REPLY_ERROR};
    snprintf(reply.error_name, sizeof reply.error_name, "%s", error_name(code));
    error_set(&reply.error, code, "so it is");
    report_refused(&options, count, end, &reply, &error);
}

static void a_refused_chunk_is_reported_with_its_lines(void **state) {
    (void)state;
    with_file();
    char line[300];
    static const struct {
        const struct error_code *code;
        bool is_other;
    } cases[] = {
        {ERROR_CONFLICT, true}, {ERROR_AGENCY_FINISHED, true}, {ERROR_BAD_BET, false}, {ERROR_NONE, false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        refuse(cases[i].code, 100, 300);
        snprintf(line, sizeof line,
                 " ERROR    action: apuestas_enviadas | result: fail | agencia: 12 | cantidad: 100 | error: "
                 "%s | message: so "
                 "it is | file: %s | lines: 201 to 300%s\n",
                 error_name(cases[i].code), path,
                 cases[i].is_other
                     ? " | hint: another file was sent for this agency, or this one has changed since"
                     : "");
        assert_said(line);
        assert_lines((int)i + 1);
        assert_ptr_equal(error.code, cases[i].code);
        snprintf(line, sizeof line, "%s: lines 201 to 300: so it is%s", path,
                 cases[i].is_other ? "; another file was sent for this agency, or this one has changed since"
                                   : "");
        assert_string_equal(error.text, line);
    }
}

// The reason for which the agency ends has the line of a bad bet.
static void a_refused_bet_is_named_by_its_line(void **state) {
    (void)state;
    with_file();
    struct reply reply = {.type = REPLY_ERROR};
    char reason[200];
    error_set(&reply.error, ERROR_BAD_BET, "no such day");
    reply.error.bet = 7;
    report_refused(&options, 100, 300, &reply, &error);
    snprintf(reason, sizeof reason, "%s:208: no such day", path);
    assert_string_equal(error.text, reason);
}

static void an_agency_that_was_reset_is_told_to_start_again(void **state) {
    (void)state;
    refuse(ERROR_AGENCY_RESET, 1, 1);
    assert_said(
        "| error: agency_reset | message: so it is | hint: the operator has reset this agency: start it "
        "again, with the right file\n");
    assert_string_equal(error.text,
                        "so it is; the operator has reset this agency: start it again, with the right file");
}

// Nothing is wrong with the file.
static void bets_at_the_port_for_consultations(void **state) {
    (void)state;
    struct reply reply = {.type = REPLY_ERROR, .error_name = "bad_message"};
    error_set(&reply.error, ERROR_BAD_MESSAGE, "type_message: this port takes consultations (3) only");
    with_file();
    report_refused(&options, 10, 10, &reply, &error);
    assert_said(
        "| error: bad_message | message: type_message: this port takes consultations (3) only | hint: are "
        "the two addresses (--server-address, --server-consult-address) exchanged? Ask the operator for "
        "the ports\n");
    assert_string_equal(
        error.text, "type_message: this port takes consultations (3) only; are the two addresses "
                    "(--server-address, --server-consult-address) exchanged? Ask the operator for the ports");
}

static void each_step_has_a_line(void **state) {
    (void)state;
    struct address address = {.text = "central:12345"};
    report_connected(&address, false);
    assert_said(" INFO     action: connect | result: success | address: central:12345\n");
    report_connected(&address, true);
    assert_said(
        " INFO     action: connect | result: success | address: central:12345 | message: connected again\n");
    report_all_stored(16014);
    assert_said(" INFO     action: all_bets_stored | result: success | bets: 16014\n");
    report_waiting(&address);
    assert_said(" INFO     action: wait_for_draw | result: in_progress | address: central:12345\n");
    report_not_known(NULL);
    assert_said(
        " WARNING  action: wait_for_draw | result: in_progress | message: it ends before the draw: the "
        "winners are not known yet. Start this agency again to ask for them\n");
    assert_lines(5);
    error_set(&error, ERROR_DRAW_CLOSED, "2 of 3 bets were not taken");
    report_not_known(&error);
    assert_said(
        " WARNING  action: draw_closed | result: fail | error: draw_closed | message: 2 of 3 bets were "
        "not taken\n");
    assert_lines(7);
}

static struct reply closed(void) {
    struct reply reply = {.type = REPLY_ERROR, .error_name = "draw_closed"};
    error_set(&reply.error, ERROR_DRAW_CLOSED, "so it is");
    return reply;
}

static void a_closed_draw_says_what_was_not_taken(void **state) {
    (void)state;
    static const char bets[] = "Ana,Paz,1,2000-01-01,7\nAna,Paz,2,2000-01-01,7\nAna,Paz,3,2000-01-01,7\n";
    struct file_findings findings;
    struct reply reply = closed();
    char line[300];
    with_file();
    FILE *file = fopen(path, "w");
    assert_true(file != NULL && fputs(bets, file) >= 0 && fclose(file) == 0);
    reader_close(&options.reader);
    assert_true(reader_open(path, &options.reader, &error));
    assert_true(file_check(options.reader, 12, &findings, &error));
    assert_false(report_draw_closed(&options, 3, &reply, &error)); // all of them were
    assert_lines(0);
    assert_true(report_draw_closed(&options, 1, &reply, &error));
    snprintf(
        line, sizeof line,
        " ERROR    action: draw_closed | result: fail | error: draw_closed | message: so it is | taken: 1 | "
        "not_taken: 2 | file: %s\n",
        path);
    assert_said(line);
    snprintf(line, sizeof line,
             "%s: the draw was closed before the agency had finished: 2 of 3 bets were not taken, those from "
             "number 2 on",
             path);
    assert_string_equal(error.text, line);
}

static void a_closed_draw_may_not_have_taken_the_one_bet(void **state) {
    (void)state;
    struct reply reply = closed();
    assert_false(report_draw_closed(&options, 1, &reply, &error));
    assert_true(report_draw_closed(&options, 0, &reply, &error));
    assert_said("| taken: 0 | not_taken: 1\n");
}

static void one_that_is_ended_says_what_is_stored(void **state) {
    (void)state;
    report_not_sent(&options, 0);
    assert_said(" WARNING  action: send_bets | result: in_progress | stored: 0 | bets: 1 | message: it ends "
                "before the central has said that all bets are stored. Start it again to send the "
                "others\n");
    with_file(); // as a pipe is: it was not checked
    report_not_sent(&options, 7);
    assert_said(" WARNING  action: send_bets | result: in_progress | stored: 7 | message: it ends before ");
}

// Of a pipe nobody knows how many would have come.
static void a_closed_draw_does_not_count_what_it_cannot(void **state) {
    (void)state;
    struct reply reply = closed();
    with_file();
    assert_true(report_draw_closed(&options, 5, &reply, &error));
    assert_said("| taken: 5 | file: ");
    assert_non_null(strstr(error.text, ": some bets were not taken, those from number 6 on"));
}

static void a_refused_empty_chunk_has_no_lines(void **state) {
    (void)state;
    with_file();
    refuse(ERROR_CONFLICT, 0, 300);
    assert_said("| cantidad: 0 | error: conflict | message: so it is\n");
}

static void a_refused_single_bet_has_no_file(void **state) {
    (void)state;
    refuse(ERROR_CONFLICT, 1, 1);
    assert_said("| cantidad: 1 | error: conflict | message: so it is\n");
}

static void winners_are_counted(void **state) {
    (void)state;
    static const struct {
        const char *documents;
        int count;
    } cases[] = {{"", 0}, {"22", 1}, {"22,7574", 2}, {"1,22,7574", 3}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char line[100];
        report_winners(&options, cases[i].documents, strlen(cases[i].documents));
        snprintf(line, sizeof line,
                 " INFO     action: consulta_ganadores | result: success | cant_ganadores: %d\n",
                 cases[i].count);
        assert_said(line);
        assert_int_equal(logged("\n"), i + 1); // and nothing else
    }
}

static void winners_are_printed_one_a_line(void **state) {
    (void)state;
    client_log.prints_winners = true;
    report_winners(&options, "22,7574", 7);
    assert_said("cant_ganadores: 2\n22\n7574\n");
    report_winners(&options, "", 0);
    assert_said("cant_ganadores: 0\n");
    assert_int_equal(logged("\n"), 4);
}

int main(void) {
#define STORY(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        STORY(a_single_bet_has_a_line_of_its_own),
        STORY(a_chunk_is_reported_with_its_number),
        STORY(an_empty_last_chunk_is_only_logged_for_debugging),
        STORY(a_file_without_bets_gives_a_warning),
        STORY(a_refused_chunk_is_reported_with_its_lines),
        STORY(a_refused_bet_is_named_by_its_line),
        STORY(an_agency_that_was_reset_is_told_to_start_again),
        STORY(each_step_has_a_line),
        STORY(a_closed_draw_says_what_was_not_taken),
        STORY(a_closed_draw_may_not_have_taken_the_one_bet),
        STORY(a_closed_draw_does_not_count_what_it_cannot),
        STORY(one_that_is_ended_says_what_is_stored),
        STORY(bets_at_the_port_for_consultations),
        STORY(a_refused_empty_chunk_has_no_lines),
        STORY(a_refused_single_bet_has_no_file),
        STORY(winners_are_counted),
        STORY(winners_are_printed_one_a_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
