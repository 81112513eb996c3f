// Backing off before a retry: a random time up to a limit that doubles with each failure ("full jitter"). So
// agencies that lost the central together do not come back together.
#ifndef QUINIELA_AGENCY_BACKOFF_H
#define QUINIELA_AGENCY_BACKOFF_H

#include <stdint.h>

struct backoff {
    uint32_t base_ms, cap_ms;
    uint32_t failures; // since the last success
    uint64_t random;   // state of the generator
};

// A backoff that starts at `base_ms` and never waits longer than `cap_ms`. The same seed gives the same
// waits.
void backoff_init(struct backoff *backoff, uint32_t base_ms, uint32_t cap_ms, uint64_t seed);

// Records a failure and returns how long to wait: 0 to min(cap, base × 2^failures) milliseconds.
uint32_t backoff_next_ms(struct backoff *backoff);

// How long to wait before trying an alternative that has not failed yet: 0 to base milliseconds.
uint32_t backoff_aside_ms(struct backoff *backoff);

// Records a success: the next wait is short again.
void backoff_reset(struct backoff *backoff);

#endif
