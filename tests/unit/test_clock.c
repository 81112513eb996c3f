// Times are told as people write them, by the second, and steady ones do not lose a nanosecond.
#include "cmocka_all.h"

#include "base/clock.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static time_t now;
static struct timespec steady;

// Behind the exact clock by a tick of the kernel's, in which a second has begun.
time_t time(time_t *result) {
    if (result != NULL) {
        *result = now - 1;
    }
    return now - 1;
}

int clock_gettime(clockid_t clock, struct timespec *result) {
    *result = clock == CLOCK_MONOTONIC ? steady : (struct timespec){.tv_sec = now};
    return 0;
}

static void assert_local(const char *expected) {
    char text[CLOCK_TEXT_BYTES];
    memset(text, 'x', sizeof text);
    assert_int_equal(clock_local_text(text), strlen(expected));
    assert_string_equal(text, expected);
}

static void assert_utc(const char *expected) {
    char text[CLOCK_TEXT_BYTES];
    assert_int_equal(clock_utc_text(text), strlen(expected));
    assert_string_equal(text, expected);
}

static void local_time_is_told_to_the_second(void **state) {
    (void)state;
    setenv("TZ", "<-03>3", 1);
    tzset();
    now = 0;
    assert_local("1969-12-31 21:00:00"); // the first of all
    assert_local("1969-12-31 21:00:00");
    now = 1;
    assert_local("1969-12-31 21:00:01");
    now = 951794309;
    assert_local("2000-02-29 00:18:29");
    assert_local("2000-02-29 00:18:29");
    now = 951794308; // the clock was set
    assert_local("2000-02-29 00:18:28");
}

static void utc_is_told_as_iso_8601_has_it(void **state) {
    (void)state;
    now = 0;
    assert_utc("1970-01-01T00:00:00Z");
    now = 951794309;
    assert_utc("2000-02-29T03:18:29Z");
}

static void steady_time_goes_on_by_the_nanosecond(void **state) {
    (void)state;
    steady = (struct timespec){.tv_sec = 0, .tv_nsec = 0};
    assert_true(clock_steady_ms() == 0 && clock_steady_ns() == 0);
    steady = (struct timespec){.tv_sec = 1000000, .tv_nsec = 345999999};
    assert_true(clock_steady_ms() == 1000000345);
    assert_true(clock_steady_ns() == 1000000345999999);
    steady.tv_nsec++;
    assert_true(clock_steady_ms() == 1000000346);
    assert_true(clock_steady_ns() == 1000000346000000);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(local_time_is_told_to_the_second),
        cmocka_unit_test(utc_is_told_as_iso_8601_has_it),
        cmocka_unit_test(steady_time_goes_on_by_the_nanosecond),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
