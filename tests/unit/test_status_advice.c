// An operator is told the first thing to do, whatever the night has come to.
#include "cli/status_advice.h"

#include "cmocka_all.h"

#include "cli/ago.h"
#include "ledger/survey.h"

#include <stdlib.h>
#include <string.h>

#define OPENED "2026-01-01T10:00:00Z"

// The night at 10:30, of five agencies.
struct night {
    struct stored_draw draw;
    uint64_t finished, told, bets;
    struct order_range missing[2], begun; // those that are missing, and have bets
    bool is_shared;                       // the store
    const char *flags;
    struct status_live live;
    struct signed_status is_signed;
};

static time_t at(const char *utc) {
    time_t time;
    assert_true(ago_parse(utc, &time));
    return time;
}

static void assert_advice(struct night night, const char *code, uint32_t agency, const char *text) {
    struct status_advice advice;
    struct status status = {
        .draw = night.draw,
        .totals = {.finished = night.finished, .told = night.told, .bets = night.bets},
        .missing = {.missing = night.missing,
                    .missing_count = (night.missing[0].to > 0) + (night.missing[1].to > 0)},
        .begun = {.missing = &night.begun, .missing_count = night.begun.to > 0},
        .is_in_file = !night.is_shared,
        .live = night.live,
        .is_signed = night.is_signed,
        .flags = night.flags,
        .now = at("2026-01-01T10:30:00Z"),
    };
    status.draw.agencies = 5;
    status_advise(&status, &advice);
    assert_string_equal(advice.text, text);
    assert_string_equal(advice.code, code);
    assert_int_equal(advice.agency, agency);
}

#define ADVICE(code, agency, text, ...) assert_advice((struct night){__VA_ARGS__}, code, agency, text)
#define THERE .live.is_there = true
#define BEACON                                                                                               \
    { .pulse_at = "2026-01-01T10:45:00Z", .see_by = "2026-01-01T10:44:00Z" }
#define LEVER "`quiniela finish --agency 4` ends it, `quiniela close` ends the intake"

static void while_the_draw_is_open(void **state) {
    (void)state;
    ADVICE("start_agencies", 0, "no agency has sent anything yet: have them start", THERE,
           .missing = {{1, 5}}, .live.never = 5, .live.silent_count = 1, .live.silent = {{.agency = 1}});
    ADVICE("wait_for_agencies", 0, "nothing: agencies 1-2, 5 are sending", THERE, .finished = 2,
           .missing = {{1, 2}, {5, 5}}, .bets = 9, .live.silent_count = 1,
           .live.silent = {{.agency = 1, .is_heard = true, .silent_s = 59}});
    ADVICE("wait_for_agencies", 0, "nothing: agency 5 is sending", THERE, .finished = 4, .missing = {{5, 5}},
           .bets = 9);
    ADVICE("call_agency", 4, "agency 4 is missing, silent for 1 min: call it; " LEVER, THERE, .finished = 4,
           .missing = {{4, 4}}, .bets = 9, .live.silent_count = 1,
           .live.silent = {{.agency = 4, .is_heard = true, .silent_s = 60}});
    ADVICE("call_agency", 4, "agency 4 is missing, not heard of yet: call it; " LEVER, THERE, .finished = 4,
           .missing = {{4, 4}}, .live.never = 1, .live.silent_count = 1, .live.silent = {{.agency = 4}});
}

// Who began and stopped comes before who has not begun.
static void whom_to_call_first(void **state) {
    (void)state;
    ADVICE("call_agency", 4, "agencies 1-2, 4 are missing: call agency 4, silent for 2 h 5 min; " LEVER,
           THERE, .finished = 2, .missing = {{1, 2}, {4, 4}}, .live.never = 2, .live.silent_count = 3,
           .live.silent = {{.agency = 1}, {.agency = 2}, {.agency = 4, .is_heard = true, .silent_s = 7500}});
    ADVICE(
        "call_agency", 1,
        "agencies 1-2, 4 are missing: call agency 1, not heard of yet; `quiniela finish --agency 1` ends it, "
        "`quiniela close` ends the intake",
        THERE, .finished = 2, .missing = {{1, 2}, {4, 4}}, .live.never = 2, .live.silent_count = 3,
        .live.silent = {{.agency = 1}, {.agency = 2}, {.agency = 4, .is_heard = true, .silent_s = 2}});
}

#define ELSEWHERE "; servers on other machines are not heard: it may be at work there; "
#define OF_BEFORE .opened_at = OPENED
#define STARTED_AGAIN .all = {.since = "2026-01-01T10:29:55Z", .up_s = 5}
#define COME_BACK "nothing: the server has just started, and agencies come back by themselves: wait for 55 s"

// It has heard of nobody yet, and whoever is at work comes back within a minute.
static void a_server_that_was_started_again(void **state) {
    (void)state;
    ADVICE("wait_for_agencies", 0, COME_BACK, .draw = {OF_BEFORE}, .finished = 2, .bets = 9,
           .missing = {{1, 2}, {4, 4}}, .begun = {1, 1},
           .live = {.is_there = true,
                    .never = 3,
                    .silent_count = 3,
                    STARTED_AGAIN,
                    .silent = {{.agency = 1}, {.agency = 2}, {.agency = 4}}});
    ADVICE(
        "wait_for_agencies", 0, COME_BACK, .draw = {OF_BEFORE}, .finished = 4, .bets = 9, .missing = {{4, 4}},
        .is_shared = true,
        .live = {.is_there = true, .never = 1, .silent_count = 1, STARTED_AGAIN, .silent = {{.agency = 4}}});
    ADVICE(
        "wait_for_agencies", 0, COME_BACK "; the cut-off ends the intake in 45 min in any case",
        .draw = {.opened_at = "2026-01-01T10:29:00Z", .closes_at = "2026-01-01T11:15:00Z"}, .finished = 4,
        .bets = 9, .missing = {{4, 4}}, .begun = {4, 4},
        .live = {.is_there = true, .never = 1, .silent_count = 1, STARTED_AGAIN, .silent = {{.agency = 4}}});
    ADVICE("wait_for_agencies", 0, "nothing: agency 4 is sending", .draw = {OF_BEFORE}, .finished = 4,
           .bets = 9, .missing = {{4, 4}}, .begun = {4, 4},
           .live = {.is_there = true,
                    .silent_count = 1,
                    STARTED_AGAIN,
                    .silent = {{.agency = 4, .is_heard = true, .silent_s = 2}}});
}

// One that was opened by this server has nobody who could come back, whatever is stored by servers elsewhere.
static void a_server_that_has_just_opened_the_draw(void **state) {
    (void)state;
    ADVICE(
        "call_agency", 4, "agency 4 is missing, not heard of yet: call it; " LEVER,
        .draw = {.opened_at = "2026-01-01T10:29:50Z"}, .finished = 4, .missing = {{4, 4}}, .bets = 9,
        .live = {.is_there = true, .never = 1, .silent_count = 1, STARTED_AGAIN, .silent = {{.agency = 4}}});
    ADVICE(
        "call_agency", 4, "agency 4 is missing, not heard of by this server: call it" ELSEWHERE LEVER,
        .draw = {.opened_at = "2026-01-01T10:29:50Z"}, .finished = 4, .missing = {{4, 4}}, .bets = 9,
        .begun = {4, 4}, .is_shared = true,
        .live = {.is_there = true, .never = 1, .silent_count = 1, STARTED_AGAIN, .silent = {{.agency = 4}}});
}

#define FOR_A_MINUTE .all = {.since = "2026-01-01T10:29:00Z", .up_s = 60}

// Who has never sent comes before who sent to the server of before.
static void who_has_not_come_back(void **state) {
    (void)state;
    ADVICE("call_agency", 4, "agencies 1-2, 4 are missing: call agency 4, not heard of yet; " LEVER,
           .draw = {OF_BEFORE}, .finished = 2, .bets = 9, .missing = {{1, 2}, {4, 4}}, .begun = {1, 2},
           .live = {.is_there = true,
                    .never = 3,
                    .silent_count = 3,
                    FOR_A_MINUTE,
                    .silent = {{.agency = 1}, {.agency = 2}, {.agency = 4}}});
    ADVICE(
        "call_agency", 4, "agency 4 is missing, not heard of since the server's start: call it; " LEVER,
        .draw = {OF_BEFORE}, .finished = 4, .bets = 9, .missing = {{4, 4}}, .begun = {4, 4},
        .live = {.is_there = true, .never = 1, .silent_count = 1, FOR_A_MINUTE, .silent = {{.agency = 4}}});
    ADVICE(
        "call_agency", 4, "agencies 1-2, 4 are missing: call agency 4, silent for 1 min; " LEVER,
        .draw = {OF_BEFORE}, .finished = 2, .bets = 9, .missing = {{1, 2}, {4, 4}}, .begun = {1, 4},
        .live = {.is_there = true,
                 .never = 2,
                 .silent_count = 3,
                 FOR_A_MINUTE,
                 .silent = {{.agency = 1}, {.agency = 2}, {.agency = 4, .is_heard = true, .silent_s = 60}}});
}

// Those on this machine know only whom they have heard of themselves.
static void where_there_may_be_other_servers(void **state) {
    (void)state;
    ADVICE("call_agency", 4, "agency 4 is missing, silent for 1 min: call it" ELSEWHERE LEVER, THERE,
           .is_shared = true, .finished = 4, .missing = {{4, 4}}, .bets = 9, .live.silent_count = 1,
           .live.silent = {{.agency = 4, .is_heard = true, .silent_s = 60}});
    ADVICE("call_agency", 4,
           "agencies 1-2, 4 are missing: call agency 4, not heard of by the 2 servers here" ELSEWHERE LEVER,
           THERE, .is_shared = true, .finished = 2, .missing = {{1, 2}, {4, 4}}, .live.never = 1,
           .live.server_count = 2, .live.silent_count = 1, .live.silent = {{.agency = 4}});
    ADVICE("call_agency", 4,
           "agency 4 is missing, not heard of by this server: call it; other servers were not asked: it may "
           "be at work there; " LEVER,
           THERE, .is_shared = true, .finished = 4, .missing = {{4, 4}}, .bets = 9, .live.is_named = true,
           .live.server_count = 1, .live.silent_count = 1, .live.silent = {{.agency = 4}});
    ADVICE(
        "call_agency", 4,
        "agency 4 is missing, not heard of by this server: call it; A SERVER HERE HAS NOT ANSWERED: it may "
        "be at work there; " LEVER,
        THERE, .is_shared = true, .finished = 4, .missing = {{4, 4}}, .bets = 9, .live.no_answer = "it hangs",
        .live.server_count = 1, .live.silent_count = 1, .live.silent = {{.agency = 4}});
}

// What is pasted reaches the draw that was asked about.
static void a_command_has_the_flags_of_this_one(void **state) {
    (void)state;
    ADVICE(
        "call_agency", 4,
        "agency 4 is missing, not heard of yet: call it; `quiniela finish --draw other --agency 4` ends it, "
        "`quiniela close --draw other` ends the intake",
        THERE, .flags = " --draw other", .finished = 4, .missing = {{4, 4}}, .bets = 9, .live.never = 1,
        .live.silent_count = 1, .live.silent = {{.agency = 4}});
    ADVICE("give_number", 0, "sealed: give the number with `quiniela draw --draw other --number NNNN`", THERE,
           .flags = " --draw other", .finished = 5,
           .draw = {.state = DRAW_SEALED, .number_mode = NUMBER_MANUAL});
}

// While no server runs. Then the next start closes the draw.
static void a_cut_off_that_nobody_is_there_to_keep(void **state) {
    (void)state;
    ADVICE("start_server", 0,
           "no server of this draw answers here: start it, or look at it, and ask again; do so before the "
           "cut-off, in 45 min: a later start closes the draw, and cuts off agencies 2, 5",
           .finished = 3, .missing = {{2, 2}, {5, 5}}, .draw.closes_at = "2026-01-01T11:15:00Z");
    ADVICE("start_server", 0,
           "no server of this draw answers here, and its cut-off has passed: the next start closes the draw, "
           "cuts off agencies 2, 5, and nothing takes that back",
           .finished = 3, .missing = {{2, 2}, {5, 5}}, .draw.closes_at = "2026-01-01T10:30:00Z");
    ADVICE("start_server", 0, "no server of this draw answers here: start it, or look at it, and ask again",
           .finished = 5, .draw = {.state = DRAW_SEALED, .closes_at = "2026-01-01T10:30:00Z"});
}

// Whether any runs there nobody here knows.
static void servers_on_other_machines(void **state) {
    (void)state;
#define NOT_HERE                                                                                             \
    "no server of this draw answers on this machine, and those on others are not heard here: look there, "   \
    "and "                                                                                                   \
    "where none runs start one"
    ADVICE("start_server", 0, NOT_HERE, .is_shared = true, .missing = {{1, 5}});
    ADVICE("start_server", 0,
           NOT_HERE
           "; do so before the cut-off, in 45 min: where none runs a later start closes the draw, and "
           "cuts off agencies 2, 5",
           .is_shared = true, .finished = 3, .missing = {{2, 2}, {5, 5}},
           .draw.closes_at = "2026-01-01T11:15:00Z");
    ADVICE("start_server", 0,
           "no server of this draw answers on this machine, and its cut-off has passed: a server elsewhere "
           "closes the draw; where none runs the next start does, cuts off agencies 2, 5, and nothing takes "
           "that back",
           .is_shared = true, .finished = 3, .missing = {{2, 2}, {5, 5}},
           .draw.closes_at = "2026-01-01T10:30:00Z");
}

static void a_cut_off_that_is_ahead(void **state) {
    (void)state;
    ADVICE("wait_for_agencies", 0,
           "nothing: agency 5 is sending; the cut-off ends the intake in 45 min in any case", THERE,
           .finished = 4, .bets = 1, .missing = {{5, 5}}, .draw.closes_at = "2026-01-01T11:15:00Z");
    ADVICE("wait_for_agencies", 0, "nothing: agency 5 is sending", THERE, .finished = 4, .bets = 1,
           .missing = {{5, 5}}, .draw.closes_at = "2026-01-01T10:30:00Z");
}

static void once_the_draw_takes_no_more(void **state) {
    (void)state;
    ADVICE("give_number", 0, "sealed: give the number with `quiniela draw --number NNNN`", THERE,
           .finished = 5, .draw = {.state = DRAW_SEALED, .number_mode = NUMBER_MANUAL});
    ADVICE("wait_for_draw", 0, "nothing: the server makes the draw", THERE, .finished = 5,
           .draw = {.state = DRAW_SEALED, .number_mode = NUMBER_MANUAL, .has_number = true});
    ADVICE("wait_for_draw", 0, "nothing: the server makes the draw", THERE, .finished = 5,
           .draw = {.state = DRAW_SEALED, .has_number = true});
    ADVICE("wait_for_seal", 0, "nothing: the server computes the seal", THERE, .finished = 5,
           .draw = {.state = DRAW_SEALED, .number_mode = NUMBER_BEACON, .rules = 1});
    ADVICE("mend_seal", 0,
           "the seal cannot be made or kept: /seals: it is away; mend that, and the server goes on by itself",
           THERE, .finished = 5, .draw = {.state = DRAW_SEALED, .rules = 1},
           .live.all.seal_fails = "/seals: it is away");
    ADVICE("mend_seal", 0,
           "the result cannot be made or kept: no room; mend that, and the server goes on by itself", THERE,
           .finished = 5, .draw = {.state = DRAW_DRAWN, .rules = 1}, .live.all.seal_fails = "no room");
    ADVICE("give_pulse", 0, "sealed: give the beacon's pulse with `quiniela draw --pulse FILE`", THERE,
           .finished = 5,
           .draw = {.state = DRAW_SEALED, .number_mode = NUMBER_BEACON, .rules = 1, .has_root = true});
    ADVICE("give_number", 0, "sealed: give the number with `quiniela draw --number NNNN`", THERE,
           .finished = 5,
           .draw = {.state = DRAW_SEALED, .number_mode = NUMBER_MANUAL, .rules = 1, .has_root = true});
    ADVICE("show_seal", 0,
           "sealed: have a witness cosign the seal, or an authority stamp it, by 2026-01-01T10:44:00Z, and "
           "give that with `quiniela seal --add FILE`; then comes the beacon's pulse of 2026-01-01T10:45:00Z",
           THERE, .finished = 5, .is_signed = BEACON,
           .draw = {.state = DRAW_SEALED, .number_mode = NUMBER_BEACON, .rules = 1, .has_root = true});
    ADVICE("give_pulse", 0,
           "sealed: give the beacon's pulse of 2026-01-01T10:45:00Z with `quiniela draw --pulse FILE`", THERE,
           .finished = 5,
           .is_signed = {.pulse_at = "2026-01-01T10:45:00Z", .see_by = "2026-01-01T10:44:00Z", .seen = 1},
           .draw = {.state = DRAW_SEALED, .number_mode = NUMBER_BEACON, .rules = 1, .has_root = true});
    ADVICE("give_number", 0,
           "sealed: give the number with `quiniela draw --number NNNN --approval FILE`, a FILE of each of 2 "
           "approvers; here: ana for 7574",
           THERE, .finished = 5,
           .is_signed = {.approvals_wanted = 2, .approvals = 1, .approvals_text = "ana for 7574"},
           .draw = {.state = DRAW_SEALED, .number_mode = NUMBER_MANUAL, .rules = 1, .has_root = true});
    ADVICE("hold_another_draw", 0,
           "another seal of this draw was seen at 2026-01-01T10:30:00Z, and no server draws it: find out who "
           "signed two, and hold another draw",
           THERE, .finished = 5,
           .draw = {.state = DRAW_SEALED, .rules = 1, .forked_at = "2026-01-01T10:30:00Z"});
    ADVICE(
        "hold_another_draw", 0,
        "another seal of this draw was seen at 2026-01-01T10:30:00Z, and it was already made: find out who "
        "signed two, and hold another draw",
        THERE, .finished = 5, .told = 5,
        .draw = {.state = DRAW_DRAWN, .rules = 1, .forked_at = "2026-01-01T10:30:00Z"});
    ADVICE("wait_for_agencies", 0,
           "nothing: 2 of 5 agencies have not been told their winners yet; each is when it asks", THERE,
           .finished = 5, .told = 3, .draw = {.state = DRAW_DRAWN, .has_number = true});
    ADVICE("none", 0, "nothing: drawn, and every agency has been told its winners", .finished = 5, .told = 5,
           .draw = {.state = DRAW_DRAWN, .has_number = true});
    ADVICE("none", 0, "nothing: the personal data of this draw were erased at 2026-01-02T10:00:00Z",
           .finished = 5, .draw = {.state = DRAW_DRAWN, .erased_at = "2026-01-02T10:00:00Z"});
}

static void what_is_wrong_with_the_server_comes_first(void **state) {
    (void)state;
    ADVICE("start_server", 0, "no server of this draw answers here: start it, or look at it, and ask again",
           .missing = {{1, 5}});
    ADVICE("mend_store", 0,
           "the store fails, and nothing is acknowledged: make room, or mend its disk or database; the "
           "server goes "
           "on by itself",
           THERE, .missing = {{1, 5}}, .live.all.store_fails = true);
    ADVICE("wait_for_store", 0, "the server has waited for its store for 12 s: look at its disk or database",
           THERE, .missing = {{1, 5}}, .bets = 1, .live.all.busy_ms = 12345);
}

static void every_text_has_room(void **state) {
    (void)state;
    struct status status = {
        .draw.agencies = 10000000, .is_in_file = false, .live = {.is_there = true, .silent_count = 1}};
    struct status_advice advice;
    for (uint32_t agency = 9000001; agency < 9000100; agency += 2) {
        assert_true(survey_add_missing(&status.missing, agency));
    }
    status.live.silent[0] = (struct status_silent){.agency = 9000001, .is_heard = true, .silent_s = 99999999};
    status.now = at(OPENED);
    strcpy(status.draw.closes_at, "2099-01-01T10:00:00Z");
    status_advise(&status, &advice);
    assert_non_null(strstr(advice.text, "9000001, 9000003"));
    assert_non_null(strstr(advice.text, "…"));
    assert_non_null(strstr(advice.text, "in any case"));
    free(status.missing.missing);
}

static void durations_in_words(void **state) {
    (void)state;
    static const struct {
        uint64_t seconds;
        const char *text;
    } durations[] = {{0, "0 s"},        {59, "59 s"},        {60, "1 min"},          {3599, "59 min"},
                     {3600, "1 h"},     {3661, "1 h 1 min"}, {86399, "23 h 59 min"}, {86400, "1 d"},
                     {90000, "1 d 1 h"}};
    for (size_t i = 0; i < sizeof durations / sizeof *durations; i++) {
        char text[AGO_BYTES];
        ago_text(durations[i].seconds, text);
        assert_string_equal(text, durations[i].text);
    }
    assert_int_equal(ago_seconds(OPENED, at("2026-01-01T10:00:07Z")), 7);
    assert_int_equal(ago_seconds(OPENED, at("2026-01-01T09:00:00Z")), 0); // a clock that was set back
    assert_int_equal(ago_seconds("", at(OPENED)), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(while_the_draw_is_open),
        cmocka_unit_test(whom_to_call_first),
        cmocka_unit_test(a_server_that_was_started_again),
        cmocka_unit_test(a_server_that_has_just_opened_the_draw),
        cmocka_unit_test(who_has_not_come_back),
        cmocka_unit_test(where_there_may_be_other_servers),
        cmocka_unit_test(servers_on_other_machines),
        cmocka_unit_test(a_cut_off_that_is_ahead),
        cmocka_unit_test(a_cut_off_that_nobody_is_there_to_keep),
        cmocka_unit_test(a_command_has_the_flags_of_this_one),
        cmocka_unit_test(once_the_draw_takes_no_more),
        cmocka_unit_test(what_is_wrong_with_the_server_comes_first),
        cmocka_unit_test(every_text_has_room),
        cmocka_unit_test(durations_in_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
