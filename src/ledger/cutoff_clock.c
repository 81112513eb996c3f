#include "ledger/cutoff_clock.h"

int64_t cutoff_clock_now(struct cutoff_clock *clock, int64_t wall, int64_t steady, int64_t *step) {
    int64_t difference = wall - (steady + clock->offset);
    bool stepped = clock->is_set && (difference > CUTOFF_STEP_MS || difference < -CUTOFF_STEP_MS);
    *step = stepped && !clock->doubts ? difference : 0;
    if (*step != 0) {
        clock->doubt_until = steady + CUTOFF_DOUBT_MS;
    }
    clock->doubts = stepped && steady < clock->doubt_until;
    if (!clock->doubts) { // what is less than a step is the clock's own gait
        clock->offset = wall - steady;
        clock->is_set = true;
    }
    return steady + clock->offset;
}
