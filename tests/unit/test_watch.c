// Deadlines without timers say who is due, and when.
// By a clock of the test's own.
#include "cmocka_all.h"

#include "net/watch.h"

enum { STEP_MAX_MS = 1000 };

static struct watch watch;

static int set_up(void **state) {
    (void)state;
    watch_init(&watch);
    watch.timeouts_ms[WATCH_MESSAGE] = 100;
    watch.timeouts_ms[WATCH_IDLE] = 5000;
    return 0;
}

static void pass(uint64_t ms) {
    watch_advance(&watch, ms, STEP_MAX_MS);
}

static void a_wait_is_due_exactly_at_its_timeout(void **state) {
    (void)state;
    struct watch_link link;
    pass(70);
    watch_add(&watch, &link, WATCH_MESSAGE);
    assert_null(watch_due(&watch, WATCH_MESSAGE));
    pass(99);
    assert_null(watch_due(&watch, WATCH_MESSAGE));
    pass(1);
    assert_ptr_equal(watch_due(&watch, WATCH_MESSAGE), &link);
    assert_null(watch_due(&watch, WATCH_IDLE));
    watch_remove(&link);
    assert_null(watch_due(&watch, WATCH_MESSAGE));
}

static void who_came_first_is_due_first(void **state) {
    (void)state;
    struct watch_link links[4];
    for (int i = 0; i < 4; i++) {
        watch_add(&watch, &links[i], WATCH_MESSAGE);
        pass(10);
    }
    watch_remove(&links[1]); // from the middle
    watch_remove(&links[0]); // begins anew: now it is the last
    watch_add(&watch, &links[0], WATCH_MESSAGE);
    static const int order[] = {2, 3, 0};
    static const uint64_t steps_ms[] = {80, 10, 10};
    for (int i = 0; i < 3; i++) {
        assert_ptr_equal(watch_oldest(&watch, WATCH_MESSAGE), &links[order[i]]);
        assert_null(watch_due(&watch, WATCH_MESSAGE));
        pass(steps_ms[i]);
        assert_ptr_equal(watch_due(&watch, WATCH_MESSAGE), &links[order[i]]);
        watch_remove(&links[order[i]]);
    }
    assert_null(watch_oldest(&watch, WATCH_MESSAGE));
}

static void who_waits_for_us_or_without_a_timeout_is_never_due(void **state) {
    (void)state;
    struct watch_link held, silent;
    watch_add(&watch, &held, WATCH_BUSY);
    watch_add(&watch, &silent, WATCH_SILENT); // its timeout is 0
    assert_false(watch_needed(&watch));
    for (int i = 0; i < 100000; i++) {
        pass(STEP_MAX_MS);
    }
    assert_null(watch_due(&watch, WATCH_BUSY));
    assert_null(watch_due(&watch, WATCH_SILENT));
    assert_ptr_equal(watch_oldest(&watch, WATCH_SILENT), &silent); // but it can be found, to make room
}

static void a_pause_of_our_own_counts_for_one_step_only(void **state) {
    (void)state;
    struct watch_link link;
    watch_add(&watch, &link, WATCH_IDLE);
    pass(3600000); // the process was stopped for an hour
    assert_null(watch_due(&watch, WATCH_IDLE));
    for (int i = 0; i < 4; i++) {
        pass(STEP_MAX_MS);
    }
    assert_ptr_equal(watch_due(&watch, WATCH_IDLE), &link);
}

static void it_is_needed_while_something_may_become_due(void **state) {
    (void)state;
    struct watch_link link;
    assert_false(watch_needed(&watch));
    watch_add(&watch, &link, WATCH_IDLE);
    assert_true(watch_needed(&watch));
    watch_remove(&link);
    assert_false(watch_needed(&watch));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_wait_is_due_exactly_at_its_timeout, set_up),
        cmocka_unit_test_setup(who_came_first_is_due_first, set_up),
        cmocka_unit_test_setup(who_waits_for_us_or_without_a_timeout_is_never_due, set_up),
        cmocka_unit_test_setup(a_pause_of_our_own_counts_for_one_step_only, set_up),
        cmocka_unit_test_setup(it_is_needed_while_something_may_become_due, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
