// How long to wait for an answer that can be given at once.
#ifndef QUINIELA_AGENCY_PATIENCE_H
#define QUINIELA_AGENCY_PATIENCE_H

#include <stdint.h>

struct patience {
    uint32_t first_ms;
    uint32_t ms; // for the next answer; 0: no limit
};

// Begins with `first_ms`, at most ANSWER_TIMEOUT_MS_MAX; 0: no limit.
void patience_init(struct patience *patience, uint32_t first_ms);

// A good answer has come, so the central works: the next waits are short again.
void patience_reset(struct patience *patience);

// None has come in time. The next one may take twice as long: a slow central must not be asked repeatedly for
// an answer that it is about to give.
void patience_grow(struct patience *patience);

#endif
