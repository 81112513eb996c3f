// An agency of libquiniela goes from its file to its winners in steps, and says what happens.
#include "lib_story.h"

#include <netdb.h>

static void every_bet_is_sent_and_the_winners_come(void **state) {
    (void)state;
    size_t bytes;
    write_bets(BET("30904465") BET("30904466") BET("30904467"));
    make();
    assert_int_equal(quiniela_agency_fd(agency), -1);
    assert_int_equal(quiniela_agency_deadline_ms(agency), 0);
    run();
    assert_int_equal(quiniela_agency_state(agency), QUINIELA_ENDED);
    assert_int_equal(quiniela_agency_code(agency), QUINIELA_OK);
    assert_string_equal(quiniela_agency_error(agency), "");
    assert_int_equal(quiniela_agency_stored(agency), 3);
    assert_int_equal(quiniela_agency_total(agency), 3);
    assert_true(quiniela_agency_has_winners(agency));
    assert_int_equal(quiniela_agency_winner_count(agency), 2);
    assert_string_equal(quiniela_agency_winners(agency, &bytes), "30904465,30904466");
    assert_int_equal(bytes, 17);
    static const enum quiniela_event_kind first[] = {QUINIELA_EVENT_CHECKED, QUINIELA_EVENT_CONNECTED};
    assert_memory_equal(told.kinds, first, sizeof first);
    assert_int_equal(times_told(QUINIELA_EVENT_ALL_STORED), 1);
    assert_int_equal(times_told(QUINIELA_EVENT_WINNERS), 1);
    assert_int_equal(told.kinds[told.count - 1], QUINIELA_EVENT_CLOSED);
    assert_int_equal(quiniela_agency_fd(agency), -1);
    assert_int_equal(quiniela_agency_step(agency), QUINIELA_ENDED); // and nothing more
}

static void it_goes_on_after_a_cut(void **state) {
    (void)state;
    write_bets(BET("1") BET("2") BET("3") BET("4"));
    assert_int_equal(quiniela_options_set_window(options, 1), QUINIELA_OK);
    central.chunks_until_cut = 2;
    make();
    uint64_t sockets = quiniela_agency_fd_version(agency);
    run();
    assert_int_equal(quiniela_agency_code(agency), QUINIELA_OK);
    assert_int_equal(quiniela_agency_stored(agency), 4);
    assert_true(times_told(QUINIELA_EVENT_RETRY) >= 1);
    assert_true(central.accepted >= 2);
    assert_true(quiniela_agency_fd_version(agency) > sockets + 1);
}

static void one_bet_needs_no_file(void **state) {
    (void)state;
    assert_int_equal(quiniela_options_set_bet(options, "Ana", "Paz", "30904465", "1999-03-17", "7574"),
                     QUINIELA_OK);
    make();
    run();
    assert_int_equal(quiniela_agency_code(agency), QUINIELA_OK);
    assert_int_equal(quiniela_agency_total(agency), 1);
    assert_int_equal(central.stored, 1);
}

static void end_central(void) {
    quiniela_agency_free(agency);
    agency = NULL;
    hang_up();
    serve(); // whoever waits to be accepted is gone, too
    hang_up();
    central.stored = 0;
}

static void it_may_be_stopped_where_it_tells(void **state) {
    (void)state;
    static const enum quiniela_event_kind places[] = {QUINIELA_EVENT_CHECKED, QUINIELA_EVENT_CONNECTED,
                                                      QUINIELA_EVENT_ACKNOWLEDGED};
    write_bets(BET("1") BET("2"));
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        told.count = 0;
        told.stop_at = places[i];
        make();
        run();
        assert_int_equal(quiniela_agency_code(agency), QUINIELA_STOPPED);
        assert_true(quiniela_agency_may_retry(agency));
        assert_int_equal(times_told(QUINIELA_EVENT_NOT_SENT), 1);
        assert_int_equal(times_told(QUINIELA_EVENT_CLOSED), 1);
        assert_int_equal(quiniela_agency_fd(agency), -1);
        end_central();
    }
}

static void it_may_be_stopped_in_each_event_and_all_that_follow(void **state) {
    (void)state;
    write_bets(BET("1") "Ana,Paz,2,1999-03-17,7574"); // whose last line has no end
    size_t events = SIZE_MAX;
    for (size_t from = 1; from <= events; from++) {
        memset(&told, 0, sizeof told);
        told.stops_from = from;
        central.chunks_until_cut = 2;
        make();
        run();
        enum quiniela_code code = quiniela_agency_code(agency);
        assert_true(code == QUINIELA_STOPPED || code == QUINIELA_OK);
        assert_int_equal(quiniela_agency_has_winners(agency), code == QUINIELA_OK);
        events = code == QUINIELA_OK && from > told.count ? 0 : SIZE_MAX;
        end_central();
    }
}

static void what_an_event_must_not_call_does_nothing(void **state) {
    (void)state;
    write_bets(BET("1") BET("2"));
    central.chunks_until_cut = 2;
    told.meddles = true;
    make();
    run();
    assert_int_equal(quiniela_agency_code(agency), QUINIELA_OK);
    end_central();
    told.stops_from = 1;
    make();
    run();
    assert_int_equal(quiniela_agency_code(agency), QUINIELA_STOPPED);
}

// A later central, or what stands where one was expected.
static void an_error_of_any_name_is_a_failure(void **state) {
    (void)state;
    static const char *const errors[][2] = {
        {"{\"code\":\"agency_suspended\",\"message\":\"ask the office\"}", "agency_suspended"},
        {"{\"code\":\"none\",\"message\":\"\",\"retryable\":false}", "none"},
        {"{\"code\":\"\"}", ""},
        {"{\"code\":\"a\\u001b[2Jb\"}", "a?[2Jb"},
    };
    write_bets(BET("1"));
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++) {
        central.error = errors[i][0];
        told.code = QUINIELA_OK;
        make();
        run();
        assert_int_equal(quiniela_agency_code(agency), QUINIELA_UNKNOWN);
        if (strstr(quiniela_agency_error(agency), errors[i][1]) == NULL) {
            fail_msg("%s: %s", errors[i][1], quiniela_agency_error(agency));
        }
        assert_int_equal(told.code, QUINIELA_UNKNOWN);
        assert_string_equal(told.name, errors[i][1]);
        assert_int_equal(quiniela_agency_stored(agency), 0);
        assert_false(quiniela_agency_may_retry(agency));
        end_central();
    }
}

static void another_file_than_what_is_stored_is_refused_with_what_to_do(void **state) {
    (void)state;
    central.error = "{\"code\":\"conflict\",\"message\":\"other bets\",\"retryable\":false}";
    write_bets(BET("1"));
    make();
    run();
    assert_int_equal(quiniela_agency_code(agency), QUINIELA_CONFLICT);
    assert_int_equal(times_told(QUINIELA_EVENT_REFUSED), 1);
    assert_non_null(strstr(quiniela_agency_error(agency), "another file was sent for this agency"));
}

static void stopped_after_a_draw_was_closed_it_says_so(void **state) {
    (void)state;
    central.error = "{\"code\":\"draw_closed\",\"message\":\"closed\",\"retryable\":false},\"next\":1";
    told.stop_at = QUINIELA_EVENT_ASKED;
    write_bets(BET("1") BET("2"));
    make();
    run();
    assert_int_equal(quiniela_agency_code(agency), QUINIELA_STOPPED);
    assert_int_equal(times_told(QUINIELA_EVENT_DRAW_CLOSED), 1);
    assert_int_equal(times_told(QUINIELA_EVENT_NOT_KNOWN), 1);
    assert_int_equal(told.code, QUINIELA_DRAW_CLOSED);
}

static void a_bad_line_is_named_and_nothing_is_sent(void **state) {
    (void)state;
    write_bets(BET("1") "Ana,Paz\n" BET("2"));
    make();
    run();
    assert_int_equal(quiniela_agency_code(agency), QUINIELA_BAD_BET);
    assert_non_null(strstr(quiniela_agency_error(agency), ":2: "));
    assert_int_equal(quiniela_agency_bad_lines(agency), 1);
    assert_int_equal(times_told(QUINIELA_EVENT_BAD_LINE), 1);
    assert_int_equal(times_told(QUINIELA_EVENT_CONNECTED), 0);
    assert_int_equal(central.accepted, 0);
    assert_false(quiniela_agency_may_retry(agency));
}

static void a_file_that_cannot_be_read_may_be_there_later(void **state) {
    (void)state;
    assert_int_equal(quiniela_options_set_file(options, "/proc/self/mem"), QUINIELA_OK);
    make();
    run();
    assert_int_equal(quiniela_agency_code(agency), QUINIELA_SYSTEM);
    assert_true(quiniela_agency_may_retry(agency));
}

static void a_file_may_only_be_checked(void **state) {
    (void)state;
    write_bets(BET("1") BET("2"));
    assert_int_equal(quiniela_options_set_check_only(options, 1), QUINIELA_OK);
    make();
    assert_int_equal(quiniela_agency_run(agency), QUINIELA_OK);
    assert_int_equal(quiniela_agency_total(agency), 2);
    assert_int_equal(central.accepted, 0);
    assert_false(quiniela_agency_has_winners(agency));
}

static int keep(void *context, const char *documents, size_t bytes, char *reason, size_t room) {
    assert_int_equal(bytes, 17);
    assert_memory_equal(documents, "30904465,30904466", bytes);
    snprintf(reason, room, "the safe is locked");
    return *(int *)context;
}

static void winners_that_cannot_be_kept_are_asked_for_again(void **state) {
    (void)state;
    int failure = 1;
    write_bets(BET("1"));
    assert_int_equal(quiniela_options_set_keep(options, keep, &failure), QUINIELA_OK);
    make();
    run();
    assert_int_equal(quiniela_agency_code(agency), QUINIELA_NOT_KEPT);
    assert_non_null(strstr(quiniela_agency_error(agency), "the safe is locked"));
    assert_true(quiniela_agency_may_retry(agency));
    quiniela_agency_free(agency);
    hang_up();
    failure = 0;
    central.stored = 0;
    make();
    run();
    assert_int_equal(quiniela_agency_code(agency), QUINIELA_OK);
}

// Names -----------------------------------------------------------------------------------------------------

static struct {
    int asked, cancelled;
    int refuses; // what `start` returns
} names;

static int start_lookup(void *context, struct quiniela_agency *asking, const char *host, const char *port) {
    assert_ptr_equal(context, &names);
    assert_ptr_equal(asking, agency);
    assert_string_equal(host, "central.example");
    assert_string_equal(port, central.port);
    names.asked++;
    return names.refuses;
}

static void cancel_lookup(void *context, struct quiniela_agency *asking) {
    (void)context, (void)asking;
    names.cancelled++;
}

// Makes an agency that asks, and steps it until it waits.
static void ask_for_a_name(int refuses) {
    static const struct quiniela_resolver resolver = {sizeof resolver, start_lookup, cancel_lookup, &names};
    char servers[64];
    memset(&names, 0, sizeof names);
    names.refuses = refuses;
    snprintf(servers, sizeof servers, "central.example:%s", central.port);
    write_bets(BET("1"));
    assert_int_equal(quiniela_options_set_servers(options, servers), QUINIELA_OK);
    assert_int_equal(quiniela_options_set_resolver(options, &resolver), QUINIELA_OK);
    make();
    while (quiniela_agency_timeout_ms(agency) == 0) {
        assert_int_equal(quiniela_agency_step(agency), QUINIELA_RUNNING);
    }
    assert_int_equal(names.asked, 1);
    assert_int_equal(quiniela_agency_fd(agency), -1);
}

static void a_name_is_looked_up_by_the_callers_own_function(void **state) {
    (void)state;
    struct addrinfo *found;
    ask_for_a_name(0);
    assert_int_equal(quiniela_agency_deadline_ms(agency), -1);
    assert_int_equal(
        getaddrinfo("127.0.0.1", central.port, &(struct addrinfo){.ai_socktype = SOCK_STREAM}, &found), 0);
    quiniela_agency_resolved(agency, 0, found);
    freeaddrinfo(found);
    run();
    assert_int_equal(quiniela_agency_code(agency), QUINIELA_OK);
    assert_int_equal(names.cancelled, 0);
}

static void a_name_that_is_not_known_is_asked_for_again(void **state) {
    (void)state;
    ask_for_a_name(0);
    quiniela_agency_resolved(agency, EAI_NONAME, NULL);
    assert_int_equal(quiniela_agency_step(agency), QUINIELA_RUNNING);
    assert_int_equal(times_told(QUINIELA_EVENT_RETRY), 1);
    assert_string_equal(told.text, "the name \"central.example\" cannot be resolved: it is not known; is it "
                                   "spelled right?");
    assert_true(quiniela_agency_deadline_ms(agency) > 0);
}

static void a_name_that_cannot_be_looked_up_is_tried_again(void **state) {
    (void)state;
    ask_for_a_name(-1);
    assert_int_equal(times_told(QUINIELA_EVENT_RETRY), 1);
    assert_string_equal(told.text, "the name \"central.example\" cannot be looked up");
    assert_true(quiniela_agency_deadline_ms(agency) > 0);
    assert_int_equal(names.cancelled, 0);
}

static void a_lookup_is_given_up_with_its_agency(void **state) {
    (void)state;
    ask_for_a_name(0);
    quiniela_agency_stop(agency);
    assert_int_equal(names.cancelled, 1);
    assert_int_equal(quiniela_agency_code(agency), QUINIELA_STOPPED);
}

int main(void) {
#define STORY(name) cmocka_unit_test_setup_teardown(name, begin_story, end_story)
    const struct CMUnitTest tests[] = {
        STORY(every_bet_is_sent_and_the_winners_come),
        STORY(it_goes_on_after_a_cut),
        STORY(one_bet_needs_no_file),
        STORY(it_may_be_stopped_where_it_tells),
        STORY(it_may_be_stopped_in_each_event_and_all_that_follow),
        STORY(what_an_event_must_not_call_does_nothing),
        STORY(an_error_of_any_name_is_a_failure),
        STORY(another_file_than_what_is_stored_is_refused_with_what_to_do),
        STORY(stopped_after_a_draw_was_closed_it_says_so),
        STORY(a_bad_line_is_named_and_nothing_is_sent),
        STORY(a_file_that_cannot_be_read_may_be_there_later),
        STORY(a_file_may_only_be_checked),
        STORY(winners_that_cannot_be_kept_are_asked_for_again),
        STORY(a_name_is_looked_up_by_the_callers_own_function),
        STORY(a_name_that_is_not_known_is_asked_for_again),
        STORY(a_name_that_cannot_be_looked_up_is_tried_again),
        STORY(a_lookup_is_given_up_with_its_agency),
    };
    return cmocka_run_group_tests(tests, NULL, check_each_listed);
}
