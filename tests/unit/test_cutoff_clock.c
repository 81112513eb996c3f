// A clock that is set closes no draw early or late by more than it must.
#include "cmocka_all.h"

#include "ledger/cutoff_clock.h"

enum { WALL = 1000 * 1000, STEADY = 5000 };

static struct cutoff_clock ticking;

static int set_up(void **state) {
    int64_t step;
    (void)state;
    ticking = (struct cutoff_clock){0};
    assert_int_equal(cutoff_clock_now(&ticking, WALL, STEADY, &step), WALL);
    assert_int_equal(step, 0);
    return 0;
}

// `seconds` after the start, when the wall clock is `by` ms from where it would be.
#define assert_now(expected, by, seconds, expected_step)                                                     \
    do {                                                                                                     \
        int64_t step_, now_ = cutoff_clock_now(&ticking, WALL + 1000 * (seconds) + (by),                     \
                                               STEADY + 1000 * (seconds), &step_);                           \
        assert_int_equal(now_, WALL + 1000 * (seconds) + (expected));                                        \
        assert_int_equal(step_, expected_step);                                                              \
    } while (0)

static void a_step_counts_once_it_has_stood(void **state) {
    (void)state;
    for (int64_t by = -3600 * 1000; by <= 3600 * 1000; by += 7200 * 1000) {
        (void)set_up(state);
        assert_now(0, by, 1, by);
        assert_now(0, by, 2, 0);
        assert_now(0, by, 10, 0);
        assert_now(by, by, 11, 0);
        assert_now(by, by, 12, 0);
        assert_now(by, 0, 13, -by);
    }
}

static void a_step_that_is_taken_back_is_none(void **state) {
    (void)state;
    assert_now(0, 60 * 1000, 1, 60 * 1000);
    assert_now(0, 0, 9, 0);
    assert_now(0, 60 * 1000, 10, 60 * 1000); // another one: it has 10 s of its own
    assert_now(0, 60 * 1000, 12, 0);
    assert_now(60 * 1000, 60 * 1000, 20, 0);
}

// A small correction, and a jump for a moment before its 10 s are over.
static void a_step_within_a_doubt_has_its_own(void **state) {
    (void)state;
    assert_now(0, 3000, 1, 3000);
    assert_now(0, 3600 * 1000, 9, 3597 * 1000);
    assert_now(0, 3600 * 1000, 11, 0);
    assert_now(0, 3000, 12, -3597 * 1000);
    assert_now(0, 3000, 21, 0);
    assert_now(3000, 3000, 22, 0);
    assert_now(3000, 3600 * 1000, 23, 3597 * 1000);
}

// Seen at the same time as the end of the first one's doubt.
static void a_step_as_a_doubt_ends_has_its_own(void **state) {
    (void)state;
    assert_now(0, 3000, 1, 3000);
    assert_now(0, 3600 * 1000, 20, 3597 * 1000);
    assert_now(3600 * 1000, 3600 * 1000, 30, 0);
}

// As when a clock is slewed.
static void little_by_little_is_no_step(void **state) {
    (void)state;
    for (int seconds = 1; seconds < 100; seconds++) {
        assert_now(500 * seconds, 500 * seconds, seconds, 0);
    }
    assert_now(500 * 99 - 2000, 500 * 99 - 2000, 100, 0);
    assert_now(500 * 99 - 2000, 500 * 99 - 4001, 101, -2001);
}

// Nobody looks for an hour, as in a machine that was suspended: the steady clock has gone on.
static void a_long_pause_is_no_step(void **state) {
    (void)state;
    assert_now(0, 0, 3600, 0);
    assert_now(1500, 1500, 7200, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_step_counts_once_it_has_stood, set_up),
        cmocka_unit_test_setup(a_step_that_is_taken_back_is_none, set_up),
        cmocka_unit_test_setup(a_step_within_a_doubt_has_its_own, set_up),
        cmocka_unit_test_setup(a_step_as_a_doubt_ends_has_its_own, set_up),
        cmocka_unit_test_setup(little_by_little_is_no_step, set_up),
        cmocka_unit_test_setup(a_long_pause_is_no_step, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
