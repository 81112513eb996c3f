// The same facts always give the same lines on a terminal, whatever its size.
#include "cli/top_layout.h"

#include "cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { AGENCIES = 6, CROWD = 10000 };

struct story {
    struct top_facts facts;
    struct top_numbers numbers;
    struct top_view view;
    struct top_screen screen;
    char text[400 * 1024];
};

static void set_agency(struct story *story, uint32_t agency, enum top_state state, uint64_t bets,
                       uint32_t silent_s) {
    struct top_facts *facts = &story->facts;
    facts->agencies[agency - 1] = (struct top_agency){
        .agency = agency, .state = state, .bets = bets, .silent_s = silent_s, .rate = (double)bets / 100};
    facts->by_state[state]++;
    facts->bets += bets;
}

static int begin(void **state) {
    struct story *story = calloc(1, sizeof *story);
    assert_non_null(story);
    setenv("TZ", "UTC0", 1);
    tzset();
    struct top_facts *facts = &story->facts;
    *facts = (struct top_facts){.draw = "first",
                                .expected = AGENCIES,
                                .missing = 4,
                                .now = 1795726800, // 2026-11-26T21:00:00Z
                                .agencies_at = 1795726800,
                                .advice = "agency 3 is missing: call it",
                                .count = AGENCIES};
    facts->agencies = calloc(CROWD, sizeof *facts->agencies);
    assert_non_null(facts->agencies);
    set_agency(story, 1, TOP_SENDING, 500, 1);
    set_agency(story, 2, TOP_FINISHED, 310, 30);
    set_agency(story, 3, TOP_SILENT, 120, 185);
    set_agency(story, 4, TOP_WAITING, 0, TOP_NEVER);
    set_agency(story, 5, TOP_TOLD, 700, 4);
    set_agency(story, 6, TOP_SENDING, 90, 20);
    memcpy(facts->agencies[1].finished_at, "2026-11-26T20:59:30Z", 21);
    facts->live.is_there = true;
    facts->live.all.rate_10s = 12.5;
    facts->live.all.rate_60s = 9.25;
    facts->live.all.connections = 3;
    story->screen.is_utf8 = true;
    *state = story;
    return 0;
}

static int end(void **state) {
    struct story *story = *state;
    free(story->facts.agencies);
    free(story);
    return 0;
}

// All lines, each ended by a line feed; the spaces at their ends are left out.
static const char *shown(struct story *story, unsigned columns, unsigned rows) {
    size_t length = 0;
    story->text[0] = '\0';
    top_screen_begin(&story->screen, columns, rows);
    top_layout(&story->facts, &story->numbers, &story->view, &story->screen);
    assert_true(story->screen.count <= rows);
    for (unsigned i = 0; i < story->screen.count; i++) {
        size_t end = strlen(story->screen.lines[i].text);
        while (end > 0 && story->screen.lines[i].text[end - 1] == ' ') {
            end--;
        }
        length += (size_t)snprintf(story->text + length, sizeof story->text - length, "%.*s\n", (int)end,
                                   story->screen.lines[i].text);
    }
    return story->text;
}

static void assert_has(const char *text, const char *part) {
    if (strstr(text, part) == NULL) {
        fail_msg("expected \"%s\" in:\n%s", part, text);
    }
}

static void press(struct story *story, const char *keys) {
    for (; *keys != '\0'; keys++) {
        assert_true(top_view_key(&story->view, (enum top_key) * keys));
    }
}

// The agencies --------------------------------------------------------------------------------------------

static void an_open_draw_on_a_usual_screen(void **state) {
    struct story *story = *state;
    assert_string_equal(shown(story, 80, 16),
                        " draw first: open   21:00:00Z   quiniela top\n"
                        "agencies  6: 1 silent, 1 waiting, 2 sending, 1 finished, 1 told\n"
                        "bets      1720   12.5/s in 10 s, 9.2/s in a minute   connections 3\n"
                        "rate      0.0/s at most, in 0 s\n"
                        "missing   4 agencies\n"
                        "next      agency 3 is missing: call it\n"
                        "  agency  state             bets     bets/s  heard ago    finished\n"
                        "       3  silent             120        1.2  3 min\n"
                        "       4  waiting              0        0.0  not heard\n"
                        "       6  sending             90        0.9  20 s\n"
                        "       1  sending            500        5.0  1 s\n"
                        "       2  finished           310        3.1               2026-11-26T20:59:30Z\n"
                        "       5  told               700        7.0\n"
                        "\n\n"
                        " 1-6 of 6 by need   m missing  s sort  / find  n numbers  ? help  q quit\n");
    assert_int_equal(story->screen.lines[7].style, TOP_ALERT);
    assert_int_equal(strlen(story->screen.lines[15].text), 80);
}

static void a_draw_that_is_made(void **state) {
    struct story *story = *state;
    story->facts.state = DRAW_DRAWN;
    story->facts.has_number = true;
    story->facts.number = 42;
    story->facts.winners = 9;
    story->facts.agencies[4].winners = 7;
    const char *text = shown(story, 80, 24);
    assert_has(text, " draw first: drawn ");
    assert_has(text, "\nnumber    0042   winners 9\n");
    assert_has(text, "heard ago    winners\n");
    assert_has(text, "\n       5  told               700        7.0               7\n");
}

static void a_cut_off_is_counted_down(void **state) {
    struct story *story = *state;
    memcpy(story->facts.closes_at, "2026-11-26T22:02:03Z", 21);
    assert_has(shown(story, 80, 24), "\ncut-off   in 01:02:03, at 2026-11-26T22:02:03Z\n");
    memcpy(story->facts.closes_at, "2026-11-26T20:59:59Z", 21);
    assert_has(shown(story, 80, 24), "\ncut-off   now, at 2026-11-26T20:59:59Z\n");
    memcpy(story->facts.closes_at, "2026-11-28T22:00:00Z", 21);
    assert_has(shown(story, 80, 24), "\ncut-off   in 2 d 1 h, at ");
}

static void the_time_here_is_shown_beside_utc(void **state) {
    struct story *story = *state;
    memcpy(story->facts.closes_at, "2026-11-26T22:02:03Z", 21);
    setenv("TZ", "ART3", 1);
    tzset();
    const char *text = shown(story, 80, 24);
    assert_has(text, " draw first: open   21:00:00Z (18:00:00 here)   quiniela top\n");
    assert_has(text, "\ncut-off   in 01:02:03, at 2026-11-26T22:02:03Z (2026-11-26 19:02:03 here)\n");
    assert_has(shown(story, 60, 16), "\ncut-off   in 01:02:03, at 2026-11-26T22:02:03Z\n");
    setenv("TZ", "UTC0", 1);
    tzset();
}

static void what_is_wrong_is_said(void **state) {
    struct story *story = *state;
    story->facts.live.is_there = false;
    snprintf(story->facts.live.trouble, sizeof story->facts.live.trouble, "no server takes orders");
    snprintf(story->facts.store_trouble, sizeof story->facts.store_trouble, "the database is away");
    story->facts.now += 75;
    const char *text = shown(story, 80, 24);
    assert_has(text, "\nbets      1720\n");
    assert_has(text, "\nstore     the database is away\n          the agencies are as they were 1 min ago\n"
                     "server    no server takes orders\n");
    snprintf(story->facts.live.trouble, sizeof story->facts.live.trouble,
             "no server takes orders at /var/lib/quiniela/night.db.control: the last one did not end in "
             "order; start it again");
    assert_has(shown(story, 80, 24),
               "\nserver    no server takes orders at /var/lib/quiniela/night.db.control: the last\n"
               "one did not end in order; start it again\n");
    story->facts.missing = 1;
    assert_has(shown(story, 80, 24), "\nmissing   1 agency\n");
    story->facts.live.is_there = true;
    story->facts.live.all.store_fails = true;
    snprintf(story->facts.live.all.seal_fails, ERROR_TEXT_BYTES, "no room");
    text = shown(story, 80, 24);
    assert_has(text, "\nserver    ITS STORE FAILS\nserver    ITS SEAL FAILS: no room\n");
}

static void a_chart_shows_how_fast_bets_came(void **state) {
    struct story *story = *state;
    const double rates[] = {0, 1, 40, 80};
    memcpy(story->facts.chart, rates, sizeof rates);
    story->facts.chart_count = 4;
    assert_has(shown(story, 80, 24), "\nrate       ▁▅█  80.0/s at most, in 8 s\n");
    story->screen.is_utf8 = false;
    assert_has(shown(story, 80, 24), "\nrate       .+@  80.0/s at most, in 8 s\n");
    for (size_t i = 0; i < TOP_STEPS_MAX; i++) {
        story->facts.chart[i] = i == 0 ? 999 : 1;
    }
    story->facts.chart_count = TOP_STEPS_MAX;
    assert_has(shown(story, 80, 24), "@@  1.0/s at most, in 1 min\n"); // what there is room for
}

static void what_to_do_next_has_three_lines(void **state) {
    struct story *story = *state;
    snprintf(story->facts.advice, sizeof story->facts.advice, "%s",
             "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
             "sixteen seventeen eighteen nineteen twenty twenty-one twenty-two twenty-three twenty-four");
    assert_has(shown(story, 60, 16),
               "\nnext      one two three four five six seven eight nine ten\n"
               "eleven twelve thirteen fourteen fifteen sixteen seventeen\n"
               "eighteen nineteen twenty twenty-one twenty-two twenty-three…\n  agency ");
    story->screen.is_utf8 = false;
    assert_has(shown(story, 60, 16), "\neighteen nineteen twenty twenty-one twenty-two...\n");
}

// A text that came from elsewhere steers no terminal.
static void nothing_steers_the_terminal(void **state) {
    struct story *story = *state;
    snprintf(story->facts.advice, sizeof story->facts.advice, "\033[31mred\a \302\233 \xff ñ");
    assert_has(shown(story, 80, 24), "\nnext      ?[31mred? ? ? ñ\n");
    snprintf(story->facts.draw, sizeof story->facts.draw, "a\u202eb\u200f\u2066\u2028\u061cc\u2027\u202f");
    assert_has(shown(story, 80, 24), " draw a?b????c\u2027\u202f: open ");
    story->screen.is_utf8 = false;
    assert_has(shown(story, 80, 24), "\nnext      ?[31mred? ? ? ?\n");
}

// Any size --------------------------------------------------------------------------------------------------

static void a_screen_that_is_too_small_says_so(void **state) {
    struct story *story = *state;
    assert_has(shown(story, 59, 24), "\n59 x 24: too small, it is to be at least 60 x 16\n");
    assert_has(shown(story, 80, 15), "\n80 x 15: too small, it is to be at least 60 x 16\n");
    assert_string_equal(shown(story, 10, 2), " draw firs\nagencies\n");
    assert_string_equal(shown(story, 1, 1), "\n");
    assert_string_equal(shown(story, 0, 0), "");
}

static void every_page_fits_every_screen(void **state) {
    struct story *story = *state;
    story->numbers.is_known = true;
    snprintf(story->numbers.trouble, sizeof story->numbers.trouble, "the last count failed");
    snprintf(story->facts.store_trouble, sizeof story->facts.store_trouble, "away");
    for (unsigned columns = 1; columns <= TOP_COLUMNS_MAX + 10; columns += 7) {
        for (unsigned rows = 1; rows <= TOP_ROWS_MAX + 10; rows += 5) {
            story->view.page = (enum top_page)((rows / 5) % 3);
            (void)shown(story, columns, rows < TOP_ROWS_MAX ? rows : TOP_ROWS_MAX);
        }
    }
}

// Keys ------------------------------------------------------------------------------------------------------

static void only_the_missing_and_other_orders(void **state) {
    struct story *story = *state;
    press(story, "m");
    const char *text = shown(story, 80, 24);
    assert_has(text, "\n 1-4 of 4 missing by need   m missing ");
    assert_null(strstr(text, "  told  "));
    press(story, "ms");
    assert_has(shown(story, 80, 24), "finished\n       1  sending            500 ");
    assert_has(story->text, " 1-6 of 6 by number ");
    press(story, "s");
    assert_has(shown(story, 80, 24), "finished\n       5  told               700 ");
    press(story, "s");
    assert_has(shown(story, 80, 24), " 1-6 of 6 by rate ");
    press(story, "s");
    assert_has(shown(story, 80, 24), "finished\n       4  waiting              0        0.0  not heard\n"
                                     "       3  silent             120        1.2  3 min\n"
                                     "       6  sending ");
    press(story, "s");
    assert_has(shown(story, 80, 24), " 1-6 of 6 by need ");
}

static void a_crowd_is_scrolled_and_searched(void **state) {
    struct story *story = *state;
    for (uint32_t agency = AGENCIES + 1; agency <= CROWD; agency++) {
        set_agency(story, agency, TOP_WAITING, 0, TOP_NEVER);
    }
    story->facts.count = story->facts.expected = CROWD;
    assert_has(shown(story, 80, 24), "\n 1-16 of 10000 by need ");
    assert_true(top_view_key(&story->view, TOP_KEY_PAGE_DOWN));
    assert_has(shown(story, 80, 24), "\n 16-31 of 10000 by need ");
    assert_true(top_view_key(&story->view, TOP_KEY_END));
    assert_has(shown(story, 80, 24), "\n 9985-10000 of 10000 by need ");
    assert_true(top_view_key(&story->view, TOP_KEY_DOWN)); // there is no more
    assert_has(shown(story, 80, 24), "\n 9985-10000 of 10000 by need ");
    assert_true(top_view_key(&story->view, TOP_KEY_UP));
    assert_has(shown(story, 80, 24), "\n 9984-9999 of 10000 by need ");
    assert_true(top_view_key(&story->view, TOP_KEY_HOME));
    press(story, "/50x0");
    assert_has(shown(story, 80, 24), "\n find agency: 500_ ");
    assert_true(top_view_key(&story->view, TOP_KEY_BACKSPACE));
    press(story, "9\r");
    assert_has(shown(story, 80, 24), "\n     509  waiting ");
    unsigned marked = 0;
    for (unsigned i = 1; i + 1 < story->screen.count; i++) {
        marked += story->screen.lines[i].style == TOP_BAR;
    }
    assert_int_equal(marked, 1);
    press(story, "/10001\r");
    assert_has(shown(story, 80, 24), "\n there is no agency 10001   Esc\n");
    press(story, "\033m/2\r");
    assert_has(shown(story, 80, 24), "\n there is no agency 2 among the missing   Esc\n");
    press(story, "/99999999999999\r\033");
    assert_has(shown(story, 80, 24), " of 9998 missing by need ");
    press(story, "m/4000000000\r");
    assert_has(shown(story, 80, 24), "\n there is no agency 4000000000   Esc\n");
}

static void q_ends_it_but_not_while_something_is_typed(void **state) {
    struct story *story = *state;
    press(story, "/q\033");
    assert_false(top_view_key(&story->view, (enum top_key)'q'));
    press(story, "?");
    assert_has(shown(story, 80, 24), "\n q                  quit\n");
    press(story, "x");
    assert_has(shown(story, 80, 24), "  agency  state ");
    assert_has(shown(story, 60, 16), "   m s / n  ? help  q quit");
    press(story, "?");
    assert_has(shown(story, 60, 16), "\n told     has been told its winners\n any key");
}

// Numbers
// -----------------------------------------------------------------------------------------------------

static void the_map_is_as_fine_as_the_screen(void **state) {
    struct story *story = *state;
    press(story, "n");
    assert_has(shown(story, 80, 24), "\nThe server counts how often each number was bet.\n");
    story->numbers.is_known = true;
    story->numbers.counts[0] = 4;
    story->numbers.counts[7574] = 8;
    story->numbers.counts[9999] = 2;
    story->numbers.bets = 14;
    story->numbers.age_s = 3;
    const char *text = shown(story, 80, 24);
    assert_has(text, "\n14 bets, 3 s ago; 9997 numbers were never bet\n"
                     "a cell is 10 numbers: ' ' 0 bets, '█' 8\n0000  ▒");
    assert_has(text, "\n0500                                                       7574            8\n");
    assert_has(text, "\n7500         █                                             0005            0\n");
    assert_has(text, "\n9500                                                   ░\n n agencies");
    assert_has(shown(story, 60, 16), "\na cell is 20 numbers: ");
    assert_has(story->text, "\nmost: 7574 8, 0000 4, 9999 2, 0001 0, ");
    assert_has(story->text, "\nleast: 0001 0, 0002 0, 0003 0, ");
    assert_has(shown(story, 106, 110), "\na cell is 1 number: ");
    story->screen.is_utf8 = false;
    assert_has(shown(story, 80, 24), "\n7500         # ");
    press(story, "n");
    assert_has(shown(story, 80, 24), "  agency  state ");
}

static void numbers_that_nobody_counts(void **state) {
    struct story *story = *state;
    press(story, "n");
    snprintf(story->numbers.trouble, sizeof story->numbers.trouble, "no server takes orders");
    assert_has(shown(story, 80, 24), "\nno server takes orders\n");
    assert_null(strstr(story->text, "counts"));
    story->numbers.is_known = true; // once all were bet as often
    assert_has(shown(story, 80, 24), "\nno server takes orders\n0 bets, ");
}

int main(void) {
#define LAYOUT_TEST(test) cmocka_unit_test_setup_teardown(test, begin, end)
    const struct CMUnitTest tests[] = {
        LAYOUT_TEST(an_open_draw_on_a_usual_screen),
        LAYOUT_TEST(a_draw_that_is_made),
        LAYOUT_TEST(a_cut_off_is_counted_down),
        LAYOUT_TEST(the_time_here_is_shown_beside_utc),
        LAYOUT_TEST(what_is_wrong_is_said),
        LAYOUT_TEST(a_chart_shows_how_fast_bets_came),
        LAYOUT_TEST(what_to_do_next_has_three_lines),
        LAYOUT_TEST(nothing_steers_the_terminal),
        LAYOUT_TEST(a_screen_that_is_too_small_says_so),
        LAYOUT_TEST(every_page_fits_every_screen),
        LAYOUT_TEST(only_the_missing_and_other_orders),
        LAYOUT_TEST(a_crowd_is_scrolled_and_searched),
        LAYOUT_TEST(q_ends_it_but_not_while_something_is_typed),
        LAYOUT_TEST(the_map_is_as_fine_as_the_screen),
        LAYOUT_TEST(numbers_that_nobody_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
