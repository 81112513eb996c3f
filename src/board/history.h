// How many bets were stored in each of the last steps of 10 seconds, for two hours.
#ifndef QUINIELA_BOARD_HISTORY_H
#define QUINIELA_BOARD_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

enum {
    HISTORY_STEP_S = 10,
    HISTORY_STEPS = 720,
    HISTORY_LATE_STEPS = 3, // as many as may end between two readings of a store that can be read
};

#define HISTORY_UNKNOWN UINT64_MAX // the bets of a step that nobody counted

// Begins zeroed. The steps end where the seconds since 1970 are a multiple of HISTORY_STEP_S.
struct history {
    uint64_t steps[HISTORY_STEPS]; // a ring
    uint64_t count;                // of steps so far, also of those that have left the ring
    time_t until;                  // when the last one ended; 0: nothing was noted yet
    uint64_t bets;                 // that were stored by then
};

// Notes how many bets are stored at a moment, in order. Ends the steps that have ended by then. Where up to
// HISTORY_LATE_STEPS have, as when a reading was late, they share the bets; where more have, as while the
// store could not be read, they are HISTORY_UNKNOWN: others may have stored all the time, or all at once.
// What was stored before the first moment is in no step.
void history_note(struct history *history, time_t now, uint64_t bets);

// How many of the last steps are there.
size_t history_length(const struct history *history);

// The bets of a step that is there, by its number of all so far, from 0; or HISTORY_UNKNOWN.
uint64_t history_step(const struct history *history, uint64_t number);

// When it ended.
time_t history_step_until(const struct history *history, uint64_t number);

#endif
