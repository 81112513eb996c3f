// A net that closes frees no loop before the threads of all of them have ended.
#include "connections_story.h"

enum { LOOPS = 3 };

// The end, step by step: 'j' for each thread that has ended, 'f' for each loop that is freed.
static char steps[2 * LOOPS + 1];

static void note(char step) {
    assert_true(strlen(steps) < 2 * LOOPS);
    steps[strlen(steps)] = step;
}

int __real_uv_thread_join(uv_thread_t *thread);
int __wrap_uv_thread_join(uv_thread_t *thread);
int __wrap_uv_thread_join(uv_thread_t *thread) {
    int failure = __real_uv_thread_join(thread);
    note('j');
    return failure;
}

int __real_uv_loop_close(uv_loop_t *uv);
int __wrap_uv_loop_close(uv_loop_t *uv);
int __wrap_uv_loop_close(uv_loop_t *uv) {
    note('f');
    return __real_uv_loop_close(uv);
}

// Until its thread has ended a loop may wake any other, as it does when it looks for room.
static void all_threads_have_ended_before_a_loop_is_freed(void **state) {
    (void)state;
    struct error error;
    assert_true(begin_net(LOOPS, 0));
    must(net_start(net, &error), &error);
    net_close(&net);
    close(listener);
    assert_string_equal(steps, "jjjfff");
}

// A loop without a thread has nobody to wait for.
static void loops_that_never_ran_are_freed(void **state) {
    (void)state;
    memset(steps, 0, sizeof steps);
    assert_true(begin_net(LOOPS, 0));
    net_close(&net);
    close(listener);
    assert_string_equal(steps, "fff");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_threads_have_ended_before_a_loop_is_freed),
        cmocka_unit_test(loops_that_never_ran_are_freed),
    };
    return cmocka_run_group_tests_name("closing", tests, NULL, NULL);
}
