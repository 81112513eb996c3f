// Silences, flows, tallies and times come out of what is counted in any order.
#include "cmocka_all.h"

#include "report/flow.h"
#include "report/moments.h"
#include "report/steps.h"
#include "report/stretch.h"
#include "report/svg.h"
#include "report/tally.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { SILENCE_S = 300 };

// Chunks at these times, in this order; ended by -1.
static void send_at(struct stretch *stretch, const int64_t *times) {
    for (; *times >= 0; times++) {
        assert_true(stretch_add(stretch, *times, 10, SILENCE_S));
    }
}

static void has_spell(const struct stretch *stretch, size_t index, int64_t from, int64_t to) {
    assert_true(index < stretch->spell_count);
    assert_int_equal(stretch->spells[index].from, from);
    assert_int_equal(stretch->spells[index].to, to);
}

static void a_silence_is_as_long_as_it_is_said(void **state) {
    (void)state;
    struct stretch stretch = {.chunks = 0};
    send_at(&stretch, (const int64_t[]){1000, 1299, 1599, 2000, 2000, -1});
    assert_int_equal(stretch.spell_count, 2);
    has_spell(&stretch, 0, 1299, 1599);
    has_spell(&stretch, 1, 1599, 2000);
    assert_int_equal(stretch_longest(&stretch)->from, 1599);
    assert_true(stretch_end(&stretch, 2299, SILENCE_S));
    assert_int_equal(stretch.spell_count, 2);
    assert_true(stretch_end(&stretch, 2300, SILENCE_S));
    has_spell(&stretch, 2, 2000, 2300);
    assert_int_equal(stretch.bets, 50);
    stretch_clear(&stretch);
    assert_null(stretch_longest(&stretch));
}

// Logs of two servers, one after the other: the second has chunks in the silences of the first.
static void chunks_may_come_in_any_order(void **state) {
    (void)state;
    struct stretch stretch = {.chunks = 0};
    send_at(&stretch, (const int64_t[]){5000, 9000, 7000, 7100, 1000, 8900, 5000, -1});
    assert_int_equal(stretch.first, 1000);
    assert_int_equal(stretch.last, 9000);
    assert_int_equal(stretch.spell_count, 3);
    has_spell(&stretch, 0, 1000, 5000);
    has_spell(&stretch, 1, 5000, 7000);
    has_spell(&stretch, 2, 7100, 8900);
    stretch_clear(&stretch);
}

static void an_agency_that_sent_nothing_was_not_silent(void **state) {
    (void)state;
    struct stretch stretch = {.chunks = 0};
    assert_true(stretch_end(&stretch, 1000000, SILENCE_S));
    assert_int_equal(stretch.spell_count, 0);
}

static void a_long_night_has_longer_steps(void **state) {
    (void)state;
    struct flow flow;
    uint64_t sum = 0;
    flow_begin(&flow, 1000);
    flow_add(&flow, 990, 5); // before the beginning
    for (int64_t i = 0; i < 86400; i += 10) {
        flow_add(&flow, 1000 + i, 1);
    }
    assert_int_equal(flow.step_s, 256);
    for (size_t i = 0; i < FLOW_STEPS; i++) {
        sum += flow.bets[i];
    }
    assert_int_equal(sum, 8645);
    assert_int_equal(flow.total, 8645);
    assert_int_equal(flow.bets[0], 31);
    assert_int_equal(flow.last, 1000 + 86390);
    assert_int_equal(flow_most(&flow), 31);
}

static void a_tally_is_bounded(void **state) {
    (void)state;
    static struct tally tally;
    char text[200];
    memset(text, 'a', sizeof text);
    const struct slice none = {NULL, 0}, what = slice_of("refused");
    tally_add(&tally, what, (struct slice){text, sizeof text}, none, 1, 20);
    tally_add(&tally, what, (struct slice){text, sizeof text - 1}, none, 1, 10); // the same, once cut
    assert_int_equal(tally.count, 1);
    assert_int_equal(tally.rows[0].count, 2);
    assert_int_equal(tally.rows[0].first, 10);
    assert_int_equal(tally.rows[0].last, 20);
    assert_int_equal(strlen(tally.rows[0].reason), TALLY_TEXT_BYTES - 1);
    for (int i = 0; i < 2 * TALLY_ROWS; i++) {
        snprintf(text, sizeof text, "%d", i);
        tally_add(&tally, what, slice_of(text), none, 1, i);
    }
    assert_int_equal(tally.count, TALLY_ROWS);
    assert_int_equal(tally.more, TALLY_ROWS + 1);
}

static void takes(int64_t seconds, const char *wanted) {
    char text[MOMENTS_BYTES];
    moments_duration(seconds, text);
    assert_string_equal(text, wanted);
}

static void durations_have_two_parts_at_most(void **state) {
    (void)state;
    takes(0, "0 s");
    takes(59, "59 s");
    takes(60, "1 min");
    takes(3599, "59 min 59 s");
    takes(3600, "1 h");
    takes(3720, "1 h 2 min");
    takes(86400 + 3 * 3600, "1 d 3 h");
}

static void is_at(int64_t at, int64_t beside, const char *wanted) {
    char text[MOMENTS_BYTES];
    moments_time(at, beside, text);
    assert_string_equal(text, wanted);
}

// The clocks of Chile went back on 2026-04-04, at midnight (of the summer's time).
static void times_are_those_of_the_zone(void **state) {
    (void)state;
    const int64_t before = 1775358000; // 2026-04-05T03:00:00Z
    setenv("TZ", "<-04>4<-03>,M9.1.6/24,M4.1.6/24", 1);
    tzset();
    char zone[MOMENTS_BYTES];
    moments_zone(before - 86400, zone);
    assert_string_equal(zone, "UTC-03:00");
    is_at(before - 7200, 0, "2026-04-04 22:00:00");
    is_at(before - 7200, before - 3600, "22:00:00");
    is_at(before + 600, before - 7200, "23:10:00 (UTC-04:00)");
    is_at(before + 7200, before - 7200, "2026-04-05 01:00:00 (UTC-04:00)");
    setenv("TZ", "UTC", 1);
    tzset();
    moments_zone(before, zone);
    assert_string_equal(zone, "UTC");
}

// However long a night is, its chart has words, and not too many.
static void charts_have_some_words(void **state) {
    (void)state;
    for (int64_t length = 1; length < 100LL * 365 * 86400; length = length * 3 + 1) {
        char *text = NULL;
        size_t size;
        struct svg_chart chart;
        FILE *out = open_memstream(&text, &size);
        assert_non_null(out);
        svg_begin(&chart, out, "", 1000, 1000 + length, 200, 60);
        svg_times(&chart);
        uint64_t top = svg_counts(&chart, (uint64_t)length, ',');
        svg_end(&chart);
        fclose(out);
        int words = 0;
        for (const char *at = text; (at = strstr(at, "<text")) != NULL; at++) {
            words++;
        }
        assert_true(words >= 3 && words <= 16);
        assert_true(top >= (uint64_t)length);
        free(text);
    }
}

// Of one second: what begins in it, what else there is, what ends in it.
static void steps_of_one_second_have_places(void **state) {
    (void)state;
    static struct steps steps;
    static const char *const order[] = {"1", "2", "3", "4", "5", "6"};
    steps.count = 0;
    steps_add_placed(&steps, 200, STEP_ENDS, TEXT_CLOSED, "5", NULL);
    steps_add(&steps, 200, TEXT_CLOSED, "3", NULL);
    steps_add(&steps, 300, TEXT_CLOSED, "6", NULL);
    steps_add_placed(&steps, 200, STEP_BEGINS, TEXT_CLOSED, "2", NULL);
    steps_add(&steps, 200, TEXT_CLOSED, "4", NULL);
    steps_add_placed(&steps, 100, STEP_ENDS, TEXT_CLOSED, "1", NULL);
    steps_add(&steps, 0, TEXT_CLOSED, "never", NULL);
    steps_sort(&steps);
    assert_int_equal(steps_kept(&steps), 6);
    for (size_t i = 0; i < 6; i++) {
        assert_string_equal(steps.list[i].one, order[i]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_silence_is_as_long_as_it_is_said),
        cmocka_unit_test(chunks_may_come_in_any_order),
        cmocka_unit_test(an_agency_that_sent_nothing_was_not_silent),
        cmocka_unit_test(a_long_night_has_longer_steps),
        cmocka_unit_test(a_tally_is_bounded),
        cmocka_unit_test(durations_have_two_parts_at_most),
        cmocka_unit_test(times_are_those_of_the_zone),
        cmocka_unit_test(charts_have_some_words),
        cmocka_unit_test(steps_of_one_second_have_places),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
