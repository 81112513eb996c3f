#include "ledger/cutoff_clock.h"

static bool is_step(int64_t ms) {
    return ms > CUTOFF_STEP_MS || ms < -CUTOFF_STEP_MS;
}

int64_t cutoff_clock_now(struct cutoff_clock *clock, int64_t wall, int64_t steady, int64_t *step) {
    int64_t difference = wall - (steady + clock->offset);
    int64_t further = difference - (clock->doubts ? clock->doubted : 0);
    bool stands = clock->is_set && is_step(difference);
    *step = stands && is_step(further) ? further : 0;
    if (*step != 0) {
        clock->doubt_until = steady + CUTOFF_DOUBT_MS;
    }
    clock->doubts = stands && steady < clock->doubt_until;
    clock->doubted = difference;
    if (!clock->doubts) { // what is less than a step is the clock's own gait
        clock->offset = wall - steady;
        clock->is_set = true;
    }
    return steady + clock->offset;
}
