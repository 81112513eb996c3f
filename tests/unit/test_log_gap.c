// Lines that could not be written are counted, and what was cut off stays alone on its line.
#include "cmocka_all.h"

#include "base/log_gap.h"

#include <stdio.h>
#include <string.h>

static size_t tell_lost(uint64_t lines, int failure, char line[LOG_LINE_BYTES_MAX]) {
    return (size_t)snprintf(line, LOG_LINE_BYTES_MAX, "lost %d: %d\n", (int)lines, failure);
}

// What is to be written first.
static const char *told_of(const struct log_gap *gap) {
    static char told[LOG_LINE_BYTES_MAX + 2];
    told[log_gap_tell(gap, tell_lost, told)] = '\0';
    return told;
}

static void whole_lines_that_were_written_are_not_lost(void **state) {
    (void)state;
    struct log_gap gap = {0};
    log_gap_widen(&gap, "a\nb\nc\n", 6, 6);
    assert_int_equal(gap.lines, 0);
    assert_false(gap.is_torn);
    log_gap_widen(&gap, "a\nb\nc\n", 6, 2);
    assert_int_equal(gap.lines, 2);
    assert_false(gap.is_torn);
}

static void a_line_that_is_cut_off_is_lost(void **state) {
    (void)state;
    struct log_gap gap = {.failure = 28};
    log_gap_widen(&gap, "ab\ncd\n", 6, 4);
    assert_string_equal(told_of(&gap), "\nlost 1: 28\n");
    log_gap_widen(&gap, "e\nf\n", 4, 0); // nothing more could be written: the fragment is still the end
    assert_string_equal(told_of(&gap), "\nlost 3: 28\n");
}

static void it_is_told_once(void **state) {
    (void)state;
    struct log_gap gap = {.lines = 2, .failure = 28, .is_torn = true};
    assert_false(log_gap_told(&gap, "\nlost 2: 28\n", 12, 0));
    assert_string_equal(told_of(&gap), "\nlost 2: 28\n");
    assert_false(log_gap_told(&gap, "\nlost 2: 28\n", 12, 1)); // the fragment's line is ended
    assert_string_equal(told_of(&gap), "lost 2: 28\n");
    assert_false(log_gap_told(&gap, "lost 2: 28\n", 11, 4)); // cut off itself
    assert_string_equal(told_of(&gap), "\nlost 2: 28\n");
    assert_true(log_gap_told(&gap, "\nlost 2: 28\n", 12, 12));
    assert_int_equal(gap.lines, 0);
    assert_false(gap.is_torn);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_lines_that_were_written_are_not_lost),
        cmocka_unit_test(a_line_that_is_cut_off_is_lost),
        cmocka_unit_test(it_is_told_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
