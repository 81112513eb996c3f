#include "board/history.h"

#include <string.h>

static void push(struct history *history, uint64_t bets) {
    history->steps[history->count++ % HISTORY_STEPS] = bets;
    history->until += HISTORY_STEP_S;
}

// After a pause longer than the ring all of it is zeros.
static void push_empty(struct history *history, time_t end) {
    while (history->until + HISTORY_STEP_S < end) {
        push(history, 0);
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
        push_empty(history, end);
        push(history, bets > history->bets ? bets - history->bets : 0);
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
