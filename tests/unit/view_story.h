// A board's view for tests of what is made of it: an open draw of seven agencies, and a server that is well.
#ifndef QUINIELA_TESTS_VIEW_STORY_H
#define QUINIELA_TESTS_VIEW_STORY_H

#include "cmocka_all.h"

#include "board/process.h"
#include "board/view.h"
#include "ledger/notice.h"
#include "ledger/pulse.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static struct board_snapshot snapshot;
static struct board_options options;
static struct board_view view = {&options, &snapshot, 60};
static struct process process;
static struct pulse *pulse;
static char *text; // what was answered last
static size_t text_length;

static inline int set_up(void **state) {
    (void)state;
    pulse = pulse_new();
    process_open(&process);
    options = (struct board_options){
        .draw = "1", .version = "0.1.0", .pulse = pulse, .notice = notice_new(), .process = &process};
    snapshot = (struct board_snapshot){
        .has_draw = true,
        .draw = {.state = DRAW_OPEN, .agencies = 7, .number_mode = NUMBER_MANUAL},
        .by_state = {1, 2, 0, 3, 1, 0},
        .missing = 3,
        .bets = 52454,
        .read_at = time(NULL),
    };
    return pulse == NULL || options.notice == NULL;
}

static inline int tear_down(void **state) {
    (void)state;
    free(text);
    text = NULL;
    process_close(&process);
    pulse_free(pulse);
    notice_free(options.notice);
    return 0;
}

#define VIEW_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

#endif
