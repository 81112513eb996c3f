// What people write for a moment means one, or is refused.
#include "cmocka_all.h"

#include "base/moment.h"

#include <stdlib.h>
#include <string.h>

enum { NOW = 1767268800 }; // 2026-01-01T12:00:00Z

static void in_zone(const char *zone) {
    setenv("TZ", zone, 1);
    tzset();
}

static void assert_moment_at(time_t now, const char *text, const char *expected) {
    char utc[MOMENT_BYTES];
    struct error error;
    if (!moment_parse(text, now, utc, &error)) {
        fail_msg("expected \"%s\" to be %s: %s", text, expected, error.text);
    }
    if (strcmp(utc, expected) != 0) {
        fail_msg("expected \"%s\" to be %s; it is %s", text, expected, utc);
    }
}

static void assert_moment(const char *text, const char *expected) {
    assert_moment_at(NOW, text, expected);
}

static void assert_none_at(time_t now, const char *text, const char *says) {
    char utc[MOMENT_BYTES];
    struct error error;
    if (moment_parse(text, now, utc, &error)) {
        fail_msg("expected \"%s\" to be refused, it is %s", text, utc);
    }
    if (strstr(error.text, says) == NULL) {
        fail_msg("expected of \"%s\": %s; it says: %s", text, says, error.text);
    }
}

static void assert_none(const char *text, const char *says) {
    assert_none_at(NOW, text, says);
}

static void the_next_time_of_the_day(void **state) {
    (void)state;
    in_zone("ART3"); // it is 09:00 there
    assert_moment("21:00", "2026-01-02T00:00:00Z");
    assert_moment("21:00:30", "2026-01-02T00:00:30Z");
    assert_moment("09:00:01", "2026-01-01T12:00:01Z");
    assert_moment("08:59", "2026-01-02T11:59:00Z");
}

// Who writes it means now, and not tomorrow.
static void a_minute_that_has_just_begun(void **state) {
    static const char says[] = "that minute has just begun: for the next one write its date, too";
    (void)state;
    in_zone("ART3"); // it is 09:00 there
    assert_none("09:00", says);
    assert_none("09:00:00", says);
    assert_none_at(NOW + 59, "09:00", says);
    assert_moment_at(NOW + 60, "09:00", "2026-01-02T12:00:00Z");
    assert_none_at(NOW + 15 * 3600 + 20, "23:59:30", says); // yesterday
    assert_moment_at(NOW + 15 * 3600 + 20, "23:59", "2026-01-03T02:59:00Z");
    assert_moment("2026-01-02T09:00", "2026-01-02T12:00:00Z");
}

static void a_full_time(void **state) {
    (void)state;
    in_zone("ART3");
    assert_moment("2026-01-01T21:00", "2026-01-02T00:00:00Z");
    assert_moment("2026-02-28T23:59:59", "2026-03-01T02:59:59Z");
    assert_moment("2026-01-01T21:00Z", "2026-01-01T21:00:00Z");
    assert_moment("2026-01-01T21:00+01:00", "2026-01-01T20:00:00Z");
    assert_moment("2026-01-01T21:00:05-05:30", "2026-01-02T02:30:05Z");
    assert_none("2026-01-01T09:00", "has passed");
    assert_none("2025-12-31T21:00Z", "has passed");
}

// A day need not have 24 hours.
static void the_next_time_on_the_evening_before_the_clocks_go_forward(void **state) {
    enum { EVENING = 1774737000 }; // 2026-03-28T22:30:00Z, a Saturday's 23:30 in Madrid
    (void)state;
    in_zone("CET-1CEST,M3.5.0,M10.5.0/3");
    assert_moment_at(EVENING, "21:00", "2026-03-29T19:00:00Z");
    assert_moment_at(EVENING, "04:00", "2026-03-29T02:00:00Z");
    assert_moment_at(EVENING, "00:30", "2026-03-28T23:30:00Z");
    assert_moment_at(EVENING, "02:30", "2026-03-30T00:30:00Z"); // Sunday has none
    assert_moment_at(EVENING, "23:45", "2026-03-28T22:45:00Z");
}

static void a_time_that_comes_twice_is_the_next_one(void **state) {
    enum {
        SUMMER = 1792888800,
        SECOND = SUMMER + 3600
    }; // 2026-10-25T00:40:00Z and 01:40, both 02:40 in Madrid
    (void)state;
    in_zone("CET-1CEST,M3.5.0,M10.5.0/3");
    assert_moment_at(SUMMER, "02:50", "2026-10-25T00:50:00Z");
    assert_moment_at(SUMMER, "2026-10-25T02:50", "2026-10-25T00:50:00Z");
    assert_moment_at(SUMMER, "02:30", "2026-10-25T01:30:00Z");
    assert_moment_at(SECOND, "02:50", "2026-10-25T01:50:00Z");
    assert_moment_at(SECOND, "02:30", "2026-10-26T01:30:00Z");
}

static void what_is_none(void **state) {
    (void)state;
    in_zone("ART3");
    static const char *const none[] = {"",
                                       "21",
                                       "24:00",
                                       "21:60",
                                       "2:00",
                                       "21:00:60",
                                       "21:00 ",
                                       "21:00Z",
                                       "9pm",
                                       "2026-13-01T21:00",
                                       "2026-01-01 21:00",
                                       "2026-01-01",
                                       "tomorrow"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        assert_none(none[i], "it is neither HH:MM nor");
    }
    assert_none("2026-02-30T21:00", "there is no such time");
    assert_none("9999-12-31T23:59-23:00", "beyond the year 9999");
    assert_none("2026-00-10T21:00", "there is no such time");
    assert_none("2026-02-03T21:00+1", "is no zone");
    assert_none("2026-02-03T21:00Zx", "is no zone");
}

// In the night in which the clocks go forward there is no 02:30.
static void what_the_clocks_skip(void **state) {
    (void)state;
    in_zone("CET-1CEST,M1.1.5/2,M10.5.0/3"); // that night is the one to the 2nd of January
    assert_none("2026-01-02T02:30", "there is no such time");
    assert_moment("02:30", "2026-01-03T00:30:00Z");
    assert_moment("03:30", "2026-01-02T01:30:00Z");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_next_time_of_the_day),
        cmocka_unit_test(a_minute_that_has_just_begun),
        cmocka_unit_test(a_full_time),
        cmocka_unit_test(the_next_time_on_the_evening_before_the_clocks_go_forward),
        cmocka_unit_test(a_time_that_comes_twice_is_the_next_one),
        cmocka_unit_test(what_is_none),
        cmocka_unit_test(what_the_clocks_skip),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
