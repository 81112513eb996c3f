// What a reader of the board's events is told: all of it once, and then what has changed.
#include "cmocka_all.h"

#include "allocations.h"

#include "board/events.h"

#include <stdlib.h>
#include <string.h>

static const char epoch[] = "0123456789abcdef";

enum { NOON = 1795608000, MANY = 3000 };

static struct {
    struct board_options options;
    struct board_snapshot snapshot;
    struct history history;
    struct events events;
    uint64_t now_ms;
    struct rows_kept rows;
    char *text; // told last
    size_t length;
} story;

static uint64_t connections(void *context) {
    (void)context;
    return 17;
}

static void set_agencies(size_t count) {
    story.snapshot.count = count;
    story.snapshot.agencies = reallocarray(story.snapshot.agencies, count, sizeof *story.snapshot.agencies);
    assert_non_null(story.snapshot.agencies);
    for (size_t i = 0; i < count; i++) {
        story.snapshot.agencies[i] = (struct board_agency){.agency = (uint32_t)i + 1, .version = 1};
    }
}

static int begin(void **state) {
    (void)state;
    memset(&story, 0, sizeof story);
    story.options = (struct board_options){.draw = "1", .version = "0.1.0", .connections = connections};
    story.snapshot.has_draw = true;
    story.snapshot.version = 1;
    story.snapshot.read_at = NOON;
    story.now_ms = 1000000;
    set_agencies(2);
    history_note(&story.history, NOON, 0);
    events_begin(&story.events, epoch, NULL);
    return 0;
}

static int end(void **state) {
    (void)state;
    free(story.text);
    free(story.snapshot.agencies);
    rows_kept_clear(&story.rows);
    return 0;
}

#define EVENTS_TEST(test) cmocka_unit_test_setup_teardown(test, begin, end)

// What is told so many milliseconds later.
static const char *told_after(uint64_t passed_ms) {
    struct board_view view = {&story.options, &story.snapshot, 60};
    struct events_of of = {&view, &story.history, epoch, story.now_ms += passed_ms, &story.rows};
    free(story.text);
    assert_true(events_next(&story.events, &of, &story.text, &story.length));
    assert_int_equal(story.text == NULL, story.length == 0);
    assert_true(story.text == NULL || strlen(story.text) == story.length);
    return story.text == NULL ? "" : story.text;
}

static bool has(const char *text) {
    return story.text != NULL && strstr(story.text, text) != NULL;
}

static void assert_told(const char *text) {
    if (!has(text)) {
        fail_msg("expected it to tell\n%s\nit tells\n%s", text, story.text == NULL ? "nothing" : story.text);
    }
}

static void assert_untold(const char *text) {
    if (has(text)) {
        fail_msg("expected it not to tell\n%s\nit tells\n%s", text, story.text);
    }
}

// Changes the agency's row in a further snapshot.
static void change(uint32_t agency, uint64_t bets) {
    struct board_agency *row = &story.snapshot.agencies[agency - 1];
    *row = (struct board_agency){.agency = agency,
                                 .state = BOARD_SENDING,
                                 .bets = bets,
                                 .rate = 12.34,
                                 .heard_at = NOON,
                                 .version = ++story.snapshot.version};
}

static void who_comes_is_told_everything(void **state) {
    (void)state;
    story.history.count = 0;
    history_note(&story.history, NOON + 10, 7);
    history_note(&story.history, NOON + 20, 9);
    told_after(0);
    assert_int_equal(strncmp(story.text, "event: draw\ndata: {\"draw\":\"1\",", 30), 0);
    assert_told("\nevent: agencies\nid: 0123456789abcdef-1\ndata: {\"reset\":true,\"rows\":"
                "[[1,\"waiting\",0,0.0,null,null],[2,\"waiting\",0,0.0,null,null]]}\n\n");
    assert_told("\nevent: history\ndata: {\"step_s\":10,\"until\":1795608020,\"bets\":[7,2]}\n\n");
    assert_told("\n:\n\n");
    told_after(250);
    assert_int_equal(story.length, 0);
}

static void then_only_what_has_changed_is_told(void **state) {
    (void)state;
    told_after(0);
    change(2, 1000);
    told_after(1000);
    assert_told("event: draw\n");
    assert_told("\nevent: agencies\nid: 0123456789abcdef-2\ndata: "
                "{\"reset\":false,\"rows\":[[2,\"sending\",1000,12.3,1795608000,null]]}\n\n");
    assert_untold("event: history");
    assert_untold("event: step");
    told_after(1000);
    assert_int_equal(story.length, 0);
}

static void winners_are_told_once_drawn(void **state) {
    (void)state;
    told_after(0);
    story.snapshot.draw.state = DRAW_DRAWN;
    change(1, 5);
    story.snapshot.agencies[0].winners = 2;
    told_after(1000);
    assert_told("[[1,\"sending\",5,12.3,1795608000,2]]");
}

static void the_draw_is_told_now_and_then_also_without_a_change(void **state) {
    (void)state;
    told_after(0);
    told_after(4999);
    assert_int_equal(story.length, 0);
    told_after(1);
    assert_told("event: draw\n");
    assert_untold("event: agencies");
    assert_untold(":\n\n");
    told_after(10000);
    assert_told("\n:\n\n");
}

static void agencies_are_told_once_a_second_at_most(void **state) {
    (void)state;
    told_after(0);
    change(1, 1);
    told_after(500);
    assert_told("event: draw\n");
    assert_untold("event: agencies");
    change(2, 2);
    told_after(500);
    assert_told("\"rows\":[[1,\"sending\",1,12.3,1795608000,null],[2,\"sending\",2,12.3,1795608000,null]]");
}

static void many_agencies_are_told_less_often(void **state) {
    (void)state;
    set_agencies(MANY);
    told_after(0);
    story.snapshot.version++;
    for (size_t i = 0; i <= AGENCIES_MANY; i++) {
        story.snapshot.agencies[i].version = story.snapshot.version;
    }
    told_after(2999);
    assert_untold("event: agencies");
    told_after(1);
    assert_told("event: agencies");
    story.snapshot.version++;
    for (size_t i = 0; i < AGENCIES_MANY; i++) {
        story.snapshot.agencies[i].version = story.snapshot.version;
    }
    told_after(1000);
    assert_told("event: agencies");
}

// Nothing was queued for a reader that took long.
static void who_is_slow_is_told_how_things_stand_by_then(void **state) {
    (void)state;
    told_after(0);
    for (uint64_t bets = 1; bets <= 100; bets++) {
        change(1, bets);
    }
    told_after(30000);
    assert_told("\"rows\":[[1,\"sending\",100,12.3,1795608000,null]]}");
    assert_untold("sending\",99,");
}

static void steps_are_told_as_they_end(void **state) {
    (void)state;
    told_after(0);
    history_note(&story.history, NOON + 10, 5);
    told_after(1000);
    assert_string_equal(story.text, "event: step\ndata: {\"until\":1795608010,\"bets\":5}\n\n");
    history_note(&story.history, NOON + 30, 9);
    told_after(1000);
    assert_string_equal(story.text, "event: step\ndata: {\"until\":1795608020,\"bets\":2}\n\n"
                                    "event: step\ndata: {\"until\":1795608030,\"bets\":2}\n\n");
    history_note(&story.history, NOON - 3600, 9); // the clock was set
    told_after(1000);
    assert_string_equal(story.text,
                        "event: history\ndata: {\"step_s\":10,\"until\":1795604400,\"bets\":[]}\n\n");
}

static void come_back(const char *last_id) {
    events_begin(&story.events, epoch, last_id);
    told_after(1000);
    assert_told("event: draw\n");
    assert_told("event: history\n");
}

// The store could not be read for a while.
static void a_step_that_nobody_counted_is_null(void **state) {
    (void)state;
    history_note(&story.history, NOON + 10, 5);
    told_after(0);
    history_note(&story.history, NOON + 50, 900);
    told_after(1000);
    assert_told("event: step\ndata: {\"until\":1795608020,\"bets\":null}\n\n");
    assert_told("event: step\ndata: {\"until\":1795608050,\"bets\":null}\n\n");
    come_back(NULL);
    assert_told("\"until\":1795608050,\"bets\":[5,null,null,null,null]}");
}

// Coming back -----------------------------------------------------------------------------------------------

static void who_comes_back_is_told_what_has_changed_since(void **state) {
    (void)state;
    change(1, 5);
    change(2, 6);
    come_back("0123456789abcdef-2");
    assert_told("id: 0123456789abcdef-3\ndata: {\"reset\":false,\"rows\":[[2,\"sending\",6,");
    come_back("0123456789abcdef-3");
    assert_told("id: 0123456789abcdef-3\ndata: {\"reset\":false,\"rows\":[]}");
}

static void who_comes_from_another_epoch_is_told_all(void **state) {
    static const char *const ids[] = {"fedcba9876543210-1", "0123456789abcdef-9", "nonsense", ""};
    (void)state;
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
        come_back(ids[i]);
        assert_told("{\"reset\":true,\"rows\":[[1,\"waiting\",0,0.0,null,null],[2,");
    }
}

static void rows_that_are_gone_are_a_reset(void **state) {
    (void)state;
    told_after(0);
    story.snapshot.count = 1;
    story.snapshot.whole_version = ++story.snapshot.version;
    told_after(1000);
    assert_told("{\"reset\":true,\"rows\":[[1,\"waiting\",0,0.0,null,null]]}");
    change(1, 5);
    told_after(1000);
    assert_told("{\"reset\":false,\"rows\":[[1,");
}

static void nothing_is_told_before_the_store_was_read(void **state) {
    (void)state;
    story.snapshot.has_draw = false;
    told_after(0);
    assert_int_equal(story.length, 0);
    story.snapshot.has_draw = true;
    told_after(0);
    assert_told("event: history\n");
}

// Whichever allocation fails: nothing is told then, rather than half of it, and the reader comes back.
static void an_event_is_told_whole_or_not_at_all(void **state) {
    struct board_view view = {&story.options, &story.snapshot, 60};
    struct events_of of = {&view, &story.history, epoch, story.now_ms, &story.rows};
    struct events before;
    bool has_failed;
    (void)state;
    told_after(0);
    change(1, 5);
    history_note(&story.history, NOON + 10, 5);
    before = story.events;
    of.now_ms = story.now_ms + DRAW_EVERY_MS;
    for (int which = 1;; which++) {
        char *text;
        size_t length;
        story.events = before;
        rows_kept_clear(&story.rows);
        allocations = (struct allocations){.counted = true, .until_failure = which};
        bool done = events_next(&story.events, &of, &text, &length);
        has_failed = allocations.until_failure == 0;
        allocations = (struct allocations){.counted = false};
        assert_int_equal(done, !has_failed);
        assert_int_equal(text == NULL, has_failed);
        free(text);
        if (!has_failed) {
            assert_true(which > 3); // the draw, the agencies and a step
            return;
        }
    }
}

// Rows are written once for all who know the same, and again for whoever knows something else.
static void readers_who_know_the_same_share_the_rows(void **state) {
    (void)state;
    struct events first, second;
    told_after(0);
    first = second = story.events;
    change(2, 500);
    assert_int_equal(story.rows.written, 1);
    story.events = first;
    char *told = strdup(told_after(1000));
    assert_non_null(told);
    assert_told("{\"reset\":false,\"rows\":[[2,\"sending\",500,12.3,1795608000,null]]}");
    story.events = second;
    assert_string_equal(strstr(told, "event: agencies"), strstr(told_after(0), "event: agencies"));
    assert_int_equal(story.rows.written, 2);
    events_begin(&story.events, epoch, NULL);
    told_after(0);
    assert_told("{\"reset\":true,\"rows\":[[1,\"waiting\",0,0.0,null,null],[2,\"sending\",500,12.3,");
    assert_int_equal(story.rows.written, 3);
    change(1, 3);
    told_after(1000);
    assert_told("{\"reset\":false,\"rows\":[[1,\"sending\",3,12.3,1795608000,null]]}");
    free(told);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        EVENTS_TEST(readers_who_know_the_same_share_the_rows),
        EVENTS_TEST(who_comes_is_told_everything),
        EVENTS_TEST(then_only_what_has_changed_is_told),
        EVENTS_TEST(winners_are_told_once_drawn),
        EVENTS_TEST(the_draw_is_told_now_and_then_also_without_a_change),
        EVENTS_TEST(agencies_are_told_once_a_second_at_most),
        EVENTS_TEST(many_agencies_are_told_less_often),
        EVENTS_TEST(who_is_slow_is_told_how_things_stand_by_then),
        EVENTS_TEST(steps_are_told_as_they_end),
        EVENTS_TEST(a_step_that_nobody_counted_is_null),
        EVENTS_TEST(an_event_is_told_whole_or_not_at_all),
        EVENTS_TEST(who_comes_back_is_told_what_has_changed_since),
        EVENTS_TEST(who_comes_from_another_epoch_is_told_all),
        EVENTS_TEST(rows_that_are_gone_are_a_reset),
        EVENTS_TEST(nothing_is_told_before_the_store_was_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
