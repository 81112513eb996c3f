#include "board/history.h"

#include <string.h>

static void push(struct history *history, uint64_t bets) {
    history->steps[history->count++ % HISTORY_STEPS] = bets;
    history->until += HISTORY_STEP_S;
}

// Those that have ended up to `end`, at least one, in which so many bets came.
static void push_until(struct history *history, time_t end, uint64_t bets) {
    uint64_t steps = (uint64_t)(end - history->until) / HISTORY_STEP_S;
    for (uint64_t left = steps; left > 0; left--) {
        uint64_t share = bets / left;
        push(history, steps > HISTORY_LATE_STEPS ? HISTORY_UNKNOWN : share);
        bets -= share;
    }
}

// A clock that is set back begins a history anew, and one that is set far forward leaves nothing of it.
static bool begins_anew(const struct history *history, time_t end) {
    return history->until == 0 || end < history->until ||
           end - history->until > (time_t)HISTORY_STEPS * HISTORY_STEP_S;
}

void history_note(struct history *history, time_t now, uint64_t bets) {
    time_t end = now - now % HISTORY_STEP_S;
    if (begins_anew(history, end)) {
        memset(history->steps, 0, sizeof history->steps);
        history->count = 0;
        history->until = end;
        history->bets = bets;
    } else if (end > history->until) {
        push_until(history, end, bets > history->bets ? bets - history->bets : 0);
        history->bets = bets;
    }
}

size_t history_length(const struct history *history) {
    return history->count < HISTORY_STEPS ? (size_t)history->count : HISTORY_STEPS;
}

uint64_t history_step(const struct history *history, uint64_t number) {
    return history->steps[number % HISTORY_STEPS];
}

time_t history_step_until(const struct history *history, uint64_t number) {
    return history->until - (time_t)(history->count - 1 - number) * HISTORY_STEP_S;
}
