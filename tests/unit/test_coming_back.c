// An agency that comes back looks whether its bets are still there, and waits again.
// One that cannot look has its winners all the same, and looks as soon as it can.
#include "dialogue_story.h"

#define FRIDAY "friday, opened 2026-11-27T08:00:00Z"
#define FRIDAY_AGAIN "friday, opened 2026-12-04T08:00:00Z"
#define SATURDAY "saturday, opened 2026-11-28T08:00:00Z"

static void who_comes_back_looks_before_it_waits(void **state) {
    (void)state;
    begin_consulting(false);
    lose_and_come_back();
    dialogue_up(dialogue);
    assert_int_equal(asked.sends, 3); // the end, once more
    assert_int_equal(asked.wait_ms, ANSWER_MS);
    acknowledge();
    assert_int_equal(asked.sends, 4); // the question
}

// A backup of the draw was restored.
static void what_the_central_has_no_longer_is_sent_again(void **state) {
    (void)state;
    central_draw = FRIDAY;
    begin_consulting(false);
    lose_and_come_back();
    dialogue_up(dialogue);
    int connects = asked.connects;
    refuse(ERROR_GAP, 0);
    assert_int_equal(asked.connects, connects + 1);
    dialogue_up(dialogue);
    assert_int_equal(asked.sends, 4); // its bet
    acknowledge();
    assert_int_equal(asked.sends, 5);
    answer_winners();
    struct error error;
    assert_false(dialogue_failed(dialogue, &error));
}

// Another night's draw, or a central that was started on a wrong one.
static void another_draw_is_sent_nothing(void **state) {
    (void)state;
    struct error error;
    central_draw = FRIDAY;
    begin_consulting(false);
    lose_and_come_back();
    central_draw = SATURDAY;
    dialogue_up(dialogue);
    refuse(ERROR_GAP, 0);
    assert_int_equal(asked.ends, 1);
    assert_true(dialogue_failed(dialogue, &error));
    assert_error(&error, ERROR_OTHER_DRAW);
    assert_non_null(strstr(error.text, FRIDAY));
    assert_non_null(strstr(error.text, SATURDAY));
}

// Whatever it answers.
static void another_draw_of_the_same_name_is_another(void **state) {
    (void)state;
    struct error error;
    central_draw = FRIDAY;
    begin_consulting(false);
    lose_and_come_back();
    central_draw = FRIDAY_AGAIN;
    dialogue_up(dialogue);
    acknowledge();
    assert_int_equal(asked.ends, 1);
    assert_true(dialogue_failed(dialogue, &error));
}

// It behaves as clients did that did not look.
static void where_the_draw_is_not_told_it_only_waits_on(void **state) {
    (void)state;
    for (int i = 0; i < 3; i++) { // before it waited, when it came back, or never
        central_draw = i == 0 ? FRIDAY : "";
        begin_consulting(false);
        lose_and_come_back();
        central_draw = i == 1 ? FRIDAY : "";
        dialogue_up(dialogue);
        refuse(ERROR_GAP, 0);
        assert_non_null(strstr(asked.sent, "\"type_message\":3"));
        assert_null(strstr(asked.sent, "returns"));
        lose_and_come_back();
        dialogue_up(dialogue);
        assert_non_null(strstr(asked.sent, "\"type_message\":3"));
        answer_winners();
        struct error error;
        assert_int_equal(asked.ends, 1);
        assert_false(dialogue_failed(dialogue, &error));
        dialogue_free(&dialogue);
    }
}

static void one_that_was_reset_does_not_wait_for_winners(void **state) {
    (void)state;
    struct error error;
    begin_consulting(false);
    lose_and_come_back();
    dialogue_up(dialogue);
    refuse(ERROR_AGENCY_RESET, 0);
    assert_int_equal(asked.ends, 1);
    assert_true(dialogue_failed(dialogue, &error));
    assert_ptr_equal(error.code, ERROR_AGENCY_RESET);
}

// Looks that fail ----------------------------------------------------------------------------------------

// One that waits for the draw at a port of its own.
static void begin_waiting_elsewhere(void) {
    has_consult = true;
    begin(1, false, 1);
    acknowledge();
    dialogue_up(dialogue);
    assert_int_equal(asked.sends, 2);
    assert_string_equal(asked.address, "winners");
}

// What is answered says to try later; then the wait is over.
static void refuse_and_come_back(const struct error_code *code) {
    int connects = asked.connects;
    refuse(code, -1);
    dialogue_waited(dialogue);
    assert_int_equal(asked.connects, connects + 1);
}

static void expect_success(void) {
    struct error error;
    assert_int_equal(asked.ends, 1);
    assert_false(dialogue_failed(dialogue, &error));
}

// Whoever has the winners may be there when those who took the bets are not.
static void winners_come_where_nobody_takes_bets_any_more(void **state) {
    (void)state;
    begin_waiting_elsewhere();
    const char *const tried[] = {"0", "winners", "0", "winners"};
    for (int i = 0; i < 4; i++) {
        lose_and_come_back();
        assert_string_equal(asked.address, tried[i]);
        assert_int_equal(asked.sends, 2);
    }
    dialogue_up(dialogue);
    assert_int_equal(asked.sends, 3);
    answer_winners();
    expect_success();
}

static void winners_come_where_the_store_does_not(void **state) {
    (void)state;
    begin_waiting_elsewhere();
    lose_and_come_back();
    dialogue_up(dialogue);
    assert_int_equal(asked.sends, 3); // the end
    refuse_and_come_back(ERROR_STORE_FAILED);
    assert_string_equal(asked.address, "winners");
    dialogue_up(dialogue);
    assert_non_null(strstr(asked.sent, "\"type_message\":3"));
    answer_winners();
    expect_success();
}

static void winners_come_where_the_store_does_not_on_the_same_port(void **state) {
    (void)state;
    begin_consulting(false);
    lose_and_come_back();
    dialogue_up(dialogue);
    refuse_and_come_back(ERROR_STORE_FAILED);
    dialogue_up(dialogue);
    assert_non_null(strstr(asked.sent, "\"type_message\":3"));
    answer_winners();
    expect_success();
}

// It is reset while its look fails: it must not be held until the draw without having looked.
static void a_look_that_failed_is_still_owed(void **state) {
    (void)state;
    struct error error;
    begin_waiting_elsewhere();
    lose_and_come_back(); // "0": the look
    lose_and_come_back();
    dialogue_up(dialogue);
    assert_string_equal(asked.address, "winners");
    assert_non_null(strstr(asked.sent, "\"wait\":false"));
    assert_int_equal(asked.wait_ms, ANSWER_MS); // it is not for ever
    answer_not_ready();
    assert_string_equal(asked.address, "0");
    dialogue_up(dialogue);
    assert_non_null(strstr(asked.sent, "\"type_message\":2"));
    refuse(ERROR_AGENCY_RESET, 0);
    assert_int_equal(asked.ends, 1);
    assert_true(dialogue_failed(dialogue, &error));
    assert_ptr_equal(error.code, ERROR_AGENCY_RESET);
}

static void once_it_has_looked_it_is_held_again(void **state) {
    (void)state;
    begin_waiting_elsewhere();
    lose_and_come_back();
    dialogue_up(dialogue);
    refuse_and_come_back(ERROR_STORE_FAILED);
    dialogue_up(dialogue);
    dialogue_waited(dialogue); // no answer to the question either
    dialogue_waited(dialogue);
    assert_string_equal(asked.address, "0");
    dialogue_up(dialogue);
    acknowledge();
    assert_string_equal(asked.address, "winners");
    dialogue_up(dialogue);
    assert_non_null(strstr(asked.sent, "\"returns\":true"));
    int waits = asked.waits;
    dialogue_waited(dialogue);
    assert_int_equal(asked.waits, waits);
}

static void one_whose_server_drains_looks_too(void **state) {
    (void)state;
    begin_waiting_elsewhere();
    refuse_and_come_back(ERROR_DRAINING);
    assert_string_equal(asked.address, "0");
    dialogue_up(dialogue);
    assert_non_null(strstr(asked.sent, "\"type_message\":2"));
}

int main(void) {
    log_set_level(LOG_LEVEL_CRITICAL);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(who_comes_back_looks_before_it_waits, tear_down),
        cmocka_unit_test_teardown(what_the_central_has_no_longer_is_sent_again, tear_down),
        cmocka_unit_test_teardown(another_draw_is_sent_nothing, tear_down),
        cmocka_unit_test_teardown(another_draw_of_the_same_name_is_another, tear_down),
        cmocka_unit_test_teardown(where_the_draw_is_not_told_it_only_waits_on, tear_down),
        cmocka_unit_test_teardown(one_that_was_reset_does_not_wait_for_winners, tear_down),
        cmocka_unit_test_teardown(winners_come_where_nobody_takes_bets_any_more, tear_down),
        cmocka_unit_test_teardown(winners_come_where_the_store_does_not, tear_down),
        cmocka_unit_test_teardown(winners_come_where_the_store_does_not_on_the_same_port, tear_down),
        cmocka_unit_test_teardown(a_look_that_failed_is_still_owed, tear_down),
        cmocka_unit_test_teardown(once_it_has_looked_it_is_held_again, tear_down),
        cmocka_unit_test_teardown(one_whose_server_drains_looks_too, tear_down),
    };
    return cmocka_run_group_tests_name("coming_back", tests, NULL, NULL);
}
