// What a ledger's thread shows of its work: who was heard of, and how fast bets come.
#include "ledger/pulse.h"

#include "cmocka_all.h"

#include "bet/limits.h"

#include <string.h>

static uint64_t now_ms = 1000000; // of the steady clock

uint64_t clock_steady_ms(void);

uint64_t clock_steady_ms(void) {
    return now_ms;
}

static void pass_s(uint64_t seconds) {
    now_ms += 1000 * seconds;
}

static void each_agency_was_heard_of_at_a_time(void **state) {
    (void)state;
    struct pulse *pulse = pulse_new();
    assert_int_equal(pulse_heard_s(pulse, 7), PULSE_NEVER);
    pulse_hear(pulse, 7);
    assert_int_equal(pulse_heard_s(pulse, 7), 0); // also in its first second
    pass_s(100);
    pulse_hear(pulse, AGENCIES_MAX);
    pass_s(11);
    assert_int_equal(pulse_age_s(pulse), 111);
    assert_int_equal(pulse_heard_s(pulse, 7), 0);
    assert_int_equal(pulse_heard_s(pulse, AGENCIES_MAX), 100);
    pulse_hear(pulse, 7);
    assert_int_equal(pulse_heard_s(pulse, 7), 111);
    assert_int_equal(pulse_heard_s(pulse, 8), PULSE_NEVER);
    assert_int_equal(pulse_heard_s(pulse, AGENCIES_MAX - 1), PULSE_NEVER);
    assert_int_equal(pulse_heard_s(pulse, UINT32_MAX), PULSE_NEVER);
    pulse_free(pulse);
}

// The current second, which is not over, does not count.
static void bets_count_for_as_long_as_is_asked(void **state) {
    (void)state;
    struct pulse *pulse = pulse_new();
    pulse_add_bets(pulse, 1000);
    pulse_add_bets(pulse, 1);
    assert_int_equal(pulse_bets(pulse, 10), 0);
    pass_s(1);
    assert_int_equal(pulse_bets(pulse, 1), 1001);
    pass_s(9);
    pulse_add_bets(pulse, 30);
    assert_int_equal(pulse_bets(pulse, 10), 1001);
    pass_s(1);
    assert_int_equal(pulse_bets(pulse, 10), 30);
    assert_int_equal(pulse_bets(pulse, 60), 1031);
    pass_s(50);
    assert_int_equal(pulse_bets(pulse, 60), 30);
    pass_s(10);
    assert_int_equal(pulse_bets(pulse, 60), 0);
    pulse_free(pulse);
}

// After 64 seconds the same place is another second's.
static void a_place_is_used_again(void **state) {
    (void)state;
    struct pulse *pulse = pulse_new();
    pulse_add_bets(pulse, 5);
    pass_s(64);
    pulse_add_bets(pulse, 7);
    pass_s(1);
    assert_int_equal(pulse_bets(pulse, 60), 7);
    pulse_free(pulse);
}

static void a_very_fast_second_does_not_become_another_one(void **state) {
    (void)state;
    struct pulse *pulse = pulse_new();
    pulse_add_bets(pulse, UINT32_MAX);
    pulse_add_bets(pulse, UINT32_MAX);
    pass_s(1);
    assert_int_equal(pulse_bets(pulse, 10), UINT32_MAX);
    pulse_free(pulse);
}

static void work_that_takes_long_shows(void **state) {
    (void)state;
    struct pulse *pulse = pulse_new();
    assert_int_equal(pulse_busy_ms(pulse), 0);
    pulse_begin_work(pulse);
    now_ms += 12345;
    assert_int_equal(pulse_busy_ms(pulse), 12345);
    pulse_end_work(pulse);
    assert_int_equal(pulse_busy_ms(pulse), 0);
    pulse_free(pulse);
}

// While it is at work, it is either in a call of the store, or at its own.
static void a_call_of_the_store_is_told_from_the_rest(void **state) {
    (void)state;
    struct pulse *pulse = pulse_new();
    pulse_begin_work(pulse);
    now_ms += 10;
    assert_int_equal(pulse_stuck_ms(pulse), 10);
    assert_int_equal(pulse_call_ms(pulse), 0);
    pulse_note_call(pulse, true);
    now_ms += 20;
    assert_int_equal(pulse_stuck_ms(pulse), 0);
    assert_int_equal(pulse_call_ms(pulse), 20);
    pulse_note_call(pulse, false);
    now_ms += 5;
    assert_int_equal(pulse_stuck_ms(pulse), 5);
    assert_int_equal(pulse_call_ms(pulse), 0);
    assert_int_equal(pulse_busy_ms(pulse), 35);
    pulse_end_work(pulse);
    now_ms += 1;
    assert_int_equal(pulse_stuck_ms(pulse), 0);
    assert_int_equal(pulse_call_ms(pulse), 0);
    pulse_free(pulse);
}

static void why_the_store_fails_is_shown_as_long_as_it_does(void **state) {
    (void)state;
    struct pulse *pulse = pulse_new();
    assert_null(pulse_store_failure(pulse));
    assert_false(pulse_store_fails(pulse));
    pulse_set_store_failure(pulse, "the disk is full");
    assert_string_equal(pulse_store_failure(pulse), "the disk is full");
    assert_true(pulse_store_fails(pulse));
    pulse_set_store_failure(pulse, NULL);
    assert_null(pulse_store_failure(pulse));
    assert_false(pulse_store_fails(pulse));
    pulse_free(pulse);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_agency_was_heard_of_at_a_time),
        cmocka_unit_test(bets_count_for_as_long_as_is_asked),
        cmocka_unit_test(a_place_is_used_again),
        cmocka_unit_test(a_very_fast_second_does_not_become_another_one),
        cmocka_unit_test(work_that_takes_long_shows),
        cmocka_unit_test(a_call_of_the_store_is_told_from_the_rest),
        cmocka_unit_test(why_the_store_fails_is_shown_as_long_as_it_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
