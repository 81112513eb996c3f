// cmocka, with the headers that it wants to come first, and its assertions in words.
#ifndef QUINIELA_TESTS_CMOCKA_ALL_H
#define QUINIELA_TESTS_CMOCKA_ALL_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "expect.h"

// Memory that a failed story still held is not a leak. So there is no search for leaks after a failure, and
// the last message is the story's own.
static int stories_failed;

int __lsan_is_turned_off(void); // LeakSanitizer asks
int __lsan_is_turned_off(void) {
    return stories_failed != 0;
}

static inline int stories_end(int failed) {
    stories_failed = failed;
    return failed;
}

#undef cmocka_run_group_tests_name
#define cmocka_run_group_tests_name(name, tests, set_up, tear_down)                                          \
    stories_end(_cmocka_run_group_tests(name, tests, sizeof(tests) / sizeof((tests)[0]), set_up, tear_down))
#undef cmocka_run_group_tests
#define cmocka_run_group_tests(tests, set_up, tear_down)                                                     \
    cmocka_run_group_tests_name(#tests, tests, set_up, tear_down)

#endif
