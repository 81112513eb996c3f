// What many polling agencies do to a central, by simulation: each asks whether the draw is made and, told
// "not yet", asks again after a random, growing time (agency/backoff.h: the very waits that a client makes).
// No sockets: what is shown is when questions come, which the waits alone decide.
#ifndef QUINIELA_BENCH_POLLING_H
#define QUINIELA_BENCH_POLLING_H

#include "base/error.h"
#include "bench/histogram.h"

#include <stdint.h>

struct polling_options {
    uint32_t agencies;      // all of them ask for the first time at moment 0: the worst case
    uint32_t base_ms;       // of the waits
    uint32_t cap_ms;        // no wait is longer
    uint32_t draw_after_ms; // when the draw is made
    uint64_t seed;
};

struct polling_result {
    uint32_t milliseconds;     // that the simulation lasted
    uint32_t *questions;       // in each of them; polling_result_free frees it
    uint64_t total;            // questions
    struct histogram after_ms; // how long after the draw each agency was told
};

// ERROR_NO_MEMORY. The caller frees `result` either way.
bool polling_simulate(const struct polling_options *options, struct polling_result *result,
                      struct error *error) MUST_CHECK;

void polling_result_free(struct polling_result *result);

#endif
