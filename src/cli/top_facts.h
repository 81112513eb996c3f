// What `quiniela top` shows: a draw, its servers and its agencies at one moment, as values.
#ifndef QUINIELA_CLI_TOP_FACTS_H
#define QUINIELA_CLI_TOP_FACTS_H

#include "bet/limits.h"
#include "cli/status_advice.h"
#include "cli/status_live.h"
#include "ledger/number_counts.h"
#include "store/rows.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

enum { TOP_STEP_S = 2, TOP_STEPS_MAX = 240 }; // of the chart

#define TOP_NEVER UINT32_MAX // heard of

// In the order in which they want somebody's attention.
enum top_state {
    TOP_SILENT,  // has stored something, and was not heard of for a minute or more
    TOP_WAITING, // has stored nothing
    TOP_SENDING,
    TOP_CUT_OFF, // by the close, or by `quiniela finish`
    TOP_FINISHED,
    TOP_TOLD,
    TOP_STATES
};

struct top_agency {
    uint32_t agency;
    enum top_state state;
    uint64_t bets, winners;
    double rate;                        // bets a second, over the last 5 to 10 seconds
    uint32_t silent_s;                  // since it was heard of, or TOP_NEVER
    char finished_at[STORE_TIME_BYTES]; // or ""
};

struct top_facts {
    char draw[DRAW_NAME_BYTES_MAX + 1];
    enum draw_state state;
    char closes_at[STORE_TIME_BYTES]; // "": there is no cut-off
    uint32_t expected;                // agencies that the draw waits for
    uint64_t missing;                 // of them, those that have not come to their end
    uint64_t bets, winners;
    bool has_number; // it is drawn
    uint16_t number; // which won, then
    time_t now;      // when it was read
    char
        store_trouble[ERROR_TEXT_BYTES]; // why the store could not be read; "": it could. Then the agencies …
    time_t agencies_at;                  // … are as they were here; 0: nobody knows them
    struct status_live live;
    char advice[STATUS_ADVICE_BYTES]; // what to do next
    double chart[TOP_STEPS_MAX];      // bets a second in each step of TOP_STEP_S that is over, oldest first
    size_t chart_count;
    struct top_agency *agencies; // by number: all from 1 to `expected`, and others that have a row
    size_t count;
    uint64_t by_state[TOP_STATES];
};

struct top_numbers {
    bool is_known;
    uint64_t counts[NUMBER_COUNTS], bets;
    uint64_t counted_ms;            // as of when, by the steady clock
    uint32_t age_s;                 // when they were asked for last, with or without an answer
    char trouble[ERROR_TEXT_BYTES]; // why they are not known, or are older than usual; "": nothing is wrong
};

// "silent", "waiting" and so on: a string constant.
const char *top_state_name(enum top_state state);

void top_facts_free(struct top_facts *facts);

#endif
