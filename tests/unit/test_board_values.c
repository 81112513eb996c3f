// The small parts of a board: its history, the pace of a shared store, what arguments and ids say.
#include "cmocka_all.h"

#include "board/arguments.h"
#include "board/history.h"
#include "board/pace.h"
#include "board/reader.h"
#include "board/store_shown.h"
#include "wire/control_line.h"

#include <stdlib.h>
#include <string.h>

enum { NOON = 1795608000 };

// The history -----------------------------------------------------------------------------------------------

static void assert_steps(const struct history *history, const char *expected) {
    char text[256] = "";
    for (uint64_t i = history->count - history_length(history); i < history->count; i++) {
        uint64_t bets = history_step(history, i);
        long long until = (long long)history_step_until(history, i) - NOON;
        if (bets == HISTORY_UNKNOWN) {
            snprintf(text + strlen(text), sizeof text - strlen(text), "?@%lld ", until);
        } else {
            snprintf(text + strlen(text), sizeof text - strlen(text), "%llu@%lld ", (unsigned long long)bets,
                     until);
        }
    }
    assert_string_equal(text, expected);
}

static void what_is_stored_in_ten_seconds_is_a_step(void **state) {
    struct history history = {0};
    (void)state;
    history_note(&history, NOON + 3, 1000); // stored before anybody looked
    assert_steps(&history, "");
    history_note(&history, NOON + 9, 1500);
    assert_steps(&history, "");
    history_note(&history, NOON + 10, 1600);
    assert_steps(&history, "600@10 ");
    history_note(&history, NOON + 19, 1700);
    history_note(&history, NOON + 20, 1700);
    assert_steps(&history, "600@10 100@20 ");
}

static void steps_that_nobody_counted_are_unknown(void **state) {
    struct history history = {0};
    (void)state;
    history_note(&history, NOON, 0);
    history_note(&history, NOON + 41, 7);
    history_note(&history, NOON + 50, 9);
    assert_steps(&history, "?@10 ?@20 ?@30 ?@40 2@50 ");
}

static void steps_of_a_late_reading_share_its_bets(void **state) {
    struct history history = {0};
    (void)state;
    history_note(&history, NOON, 0);
    history_note(&history, NOON + 39, 8);
    history_note(&history, NOON + 50, 13);
    assert_steps(&history, "2@10 3@20 3@30 2@40 3@50 ");
}

static void bets_that_were_set_aside_are_no_step(void **state) {
    struct history history = {0};
    (void)state;
    history_note(&history, NOON, 50);
    history_note(&history, NOON + 10, 20);
    history_note(&history, NOON + 20, 25);
    assert_steps(&history, "0@10 5@20 ");
}

static void a_history_holds_two_hours(void **state) {
    struct history history = {0};
    (void)state;
    for (uint64_t i = 0; i <= 1000; i++) {
        history_note(&history, NOON + 10 * (time_t)i, i * i);
    }
    assert_int_equal(history.count, 1000);
    assert_int_equal(history_length(&history), HISTORY_STEPS);
    assert_int_equal(history_step(&history, 999), 1999);
    assert_int_equal(history_step_until(&history, 999), NOON + 10000);
    assert_int_equal(history_step(&history, 1000 - HISTORY_STEPS), 2 * (1000 - HISTORY_STEPS) + 1);
}

static void a_clock_that_jumps_begins_a_history_anew(void **state) {
    struct history history = {0};
    (void)state;
    history_note(&history, NOON, 0);
    history_note(&history, NOON + 10, 5);
    history_note(&history, NOON - 3600, 6);
    assert_steps(&history, "");
    history_note(&history, NOON - 3590, 8);
    assert_steps(&history, "2@-3590 ");
    history_note(&history, NOON + 1000000, 9);
    assert_steps(&history, "");
}

// The pace --------------------------------------------------------------------------------------------------

static void a_pace_counts_the_last_seconds(void **state) {
    struct pace pace = {0};
    (void)state;
    assert_int_equal(pace_bets(&pace, 1000, 10), 0);
    for (uint64_t second = 0; second <= 200; second++) {
        pace_note(&pace, 1000 * second, 1000 + 3 * second);
        assert_int_equal(pace_bets(&pace, 1000 * second, 10), 3 * (second < 10 ? second : 10));
        assert_int_equal(pace_bets(&pace, 1000 * second, 60), 3 * (second < 60 ? second : 60));
    }
    pace_note(&pace, 201000, 7);
    assert_int_equal(pace_bets(&pace, 201000, 10), 0); // a reset
}

static void readings_that_come_soon_after_each_other_leave_room_for_a_minute(void **state) {
    struct pace pace = {0};
    (void)state;
    for (uint64_t tenth = 0; tenth <= 1000; tenth++) {
        pace_note(&pace, 100 * tenth, tenth);
    }
    assert_in_range(pace_bets(&pace, 100000, 60), 590, 610);
    assert_in_range(pace_bets(&pace, 100000, 10), 95, 110);
}

// As a board reads that nobody looks at: some milliseconds early, or late.
static void readings_that_are_far_apart_count_in_proportion(void **state) {
    struct pace pace = {0};
    (void)state;
    pace_note(&pace, 1000, 0);
    pace_note(&pace, 11000, 10000);
    pace_note(&pace, 20998, 20000);
    assert_int_equal(pace_bets(&pace, 20998, 10), 10002);
    pace_note(&pace, 50998, 50000);
    assert_int_equal(pace_bets(&pace, 50998, 10), 10000);
    assert_int_equal(pace_bets(&pace, 50998, 60), 50000);
    pace_note(&pace, 60998, 7); // a reset
    pace_note(&pace, 69000, 9);
    assert_int_equal(pace_bets(&pace, 69000, 10), 0);
    assert_int_equal(pace_bets(&pace, 70998, 10), 2);
}

// Arguments -------------------------------------------------------------------------------------------------

static struct agencies_wanted wanted(const char *state, const char *after, const char *limit) {
    struct agencies_wanted read;
    struct error error;
    must(agencies_wanted_read(state, after, limit, &read, &error), &error);
    return read;
}

static void assert_refused(const char *state, const char *after, const char *limit, const char *begins) {
    struct agencies_wanted read;
    struct error error;
    assert_false(agencies_wanted_read(state, after, limit, &read, &error));
    assert_int_equal(strncmp(error.text, begins, strlen(begins)), 0);
}

static void arguments_are_read(void **state) {
    (void)state;
    struct agencies_wanted read = wanted(NULL, NULL, NULL);
    assert_false(read.is_missing || read.has_state);
    assert_int_equal(read.after, 0);
    assert_int_equal(read.limit, 1000);
    read = wanted("missing", "4294967295", "10000");
    assert_true(read.is_missing && !read.has_state);
    assert_int_equal(read.after, UINT32_MAX);
    assert_int_equal(read.limit, 10000);
    static const char *const names[] = {"waiting", "sending", "silent", "finished", "told", "cut_off"};
    for (size_t i = 0; i < BOARD_AGENCY_STATES; i++) {
        read = wanted(names[i], "0", "1");
        assert_true(read.has_state && !read.is_missing);
        assert_int_equal(read.state, i);
        assert_string_equal(board_state_name(read.state), names[i]);
    }
}

static void arguments_that_are_not_understood_are_refused(void **state) {
    static const char *const no_numbers[] = {
        "", "-1", "+1", " 1", "1 ", "01", "1.0", "0x1", "1e3", "a", "99999999999999999999"};
    (void)state;
    for (size_t i = 0; i < sizeof no_numbers / sizeof *no_numbers; i++) {
        assert_refused(NULL, no_numbers[i], NULL, "after: ");
        assert_refused(NULL, NULL, no_numbers[i], "limit: ");
    }
    assert_refused(NULL, "4294967296", NULL, "after: ");
    assert_refused(NULL, NULL, "0", "limit: ");
    assert_refused(NULL, NULL, "10001", "limit: ");
    assert_refused("", NULL, NULL, "state: ");
    assert_refused("Sending", NULL, NULL, "state: ");
    assert_refused("sending ", NULL, NULL, "state: ");
}

static void an_id_of_an_event_is_read_back(void **state) {
    static const char epoch[] = "0123456789abcdef";
    char id[EVENT_ID_BYTES];
    uint64_t version;
    (void)state;
    event_id_write(epoch, 42, id);
    assert_string_equal(id, "0123456789abcdef-42");
    assert_true(event_id_read(id, epoch, &version));
    assert_int_equal(version, 42);
    static const char *const none[] = {"",
                                       "0123456789abcdef",
                                       "0123456789abcdef-",
                                       "0123456789abcdef-4 ",
                                       "0123456789abcdef--4",
                                       "0123456789abcdef-042",
                                       "0123456789abcdee-42",
                                       "0123456789ABCDEF-42",
                                       "42",
                                       "0123456789abcdef-99999999999999999999"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        assert_false(event_id_read(none[i], epoch, &version));
    }
}

// By the processor's time, as one that takes long may only have waited; within what /readyz is content with.
static void a_reading_is_followed_by_a_rest(void **state) {
    (void)state;
    assert_int_equal(reader_rest_ms(0, 0), 0);
    assert_int_equal(reader_rest_ms(10, 10), 300);
    assert_int_equal(reader_rest_ms(2500, 10), 2500);
    assert_int_equal(reader_rest_ms(2500, 200), 6000);
    assert_int_equal(reader_rest_ms(90000, 2), READ_REST_MS_MAX);
    assert_int_equal(reader_rest_ms(5000, 4000), READ_REST_MS_MAX);
    assert_true(READ_REST_MS_MAX + READ_STEP_S * 1000 < STORE_UNREAD_S_MAX * 1000);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_reading_is_followed_by_a_rest),
        cmocka_unit_test(what_is_stored_in_ten_seconds_is_a_step),
        cmocka_unit_test(steps_that_nobody_counted_are_unknown),
        cmocka_unit_test(steps_of_a_late_reading_share_its_bets),
        cmocka_unit_test(bets_that_were_set_aside_are_no_step),
        cmocka_unit_test(a_history_holds_two_hours),
        cmocka_unit_test(a_clock_that_jumps_begins_a_history_anew),
        cmocka_unit_test(a_pace_counts_the_last_seconds),
        cmocka_unit_test(readings_that_come_soon_after_each_other_leave_room_for_a_minute),
        cmocka_unit_test(readings_that_are_far_apart_count_in_proportion),
        cmocka_unit_test(arguments_are_read),
        cmocka_unit_test(arguments_that_are_not_understood_are_refused),
        cmocka_unit_test(an_id_of_an_event_is_read_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
