// The time of day by which a cut-off is kept, whatever is done to the machine's clock.
//
// The rule: a cut-off is a moment of the wall clock. Beside it a steady clock is looked at, which nobody
// sets. When one of them steps by more than 2 s against the other, the time before the step, counted on by
// the steady clock, counts for 10 s more. If the step is taken back meanwhile, nothing has happened. If it
// still stands then, the new time counts. A further step meanwhile has 10 s of its own. So a clock that is
// wrong for a moment closes no draw, and a clock that is corrected closes it at the right time, at most 10 s
// after its last step.
#ifndef QUINIELA_LEDGER_CUTOFF_CLOCK_H
#define QUINIELA_LEDGER_CUTOFF_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

enum { CUTOFF_STEP_MS = 2 * 1000, CUTOFF_DOUBT_MS = 10 * 1000 };

struct cutoff_clock {
    bool is_set;
    bool doubts;         // a step stands, and does not count yet …
    int64_t doubt_until; // … up to this moment of the steady clock
    int64_t doubted;     // by how much the wall clock was off when it was looked at last
    int64_t offset;      // of the wall clock that counts, from the steady one
};

// What time it is, in ms as `wall` is, of the wall clock that counts; `wall` and `steady` (in ms) are what
// the clocks say. *step is set to a step that is seen for the first time, in ms from where the clock stood
// before, else to 0. Begins zeroed.
int64_t cutoff_clock_now(struct cutoff_clock *clock, int64_t wall, int64_t steady, int64_t *step);

#endif
