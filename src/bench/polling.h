// Simulates the load of many polling agencies on a central: each asks for the winners and, told "not yet",
// asks again after a random, growing time (agency/backoff.h, which the client also uses). There are no
// sockets: the waits alone decide when the questions come.
#ifndef QUINIELA_BENCH_POLLING_H
#define QUINIELA_BENCH_POLLING_H

#include "base/error.h"
#include "bench/histogram.h"

#include <stdint.h>

struct polling_options {
    uint32_t agencies;      // all of them ask first at time 0: the worst case
    uint32_t base_ms;       // of the waits
    uint32_t cap_ms;        // no wait is longer
    uint32_t draw_after_ms; // when the draw is made
    uint64_t seed;
};

struct polling_result {
    uint32_t milliseconds;     // of the simulation
    uint32_t *questions;       // in each millisecond; polling_result_free frees it
    uint64_t total;            // questions
    struct histogram after_ms; // how long after the draw each agency learnt its result
};

// ERROR_NO_MEMORY. The caller frees `result` either way.
bool polling_simulate(const struct polling_options *options, struct polling_result *result,
                      struct error *error) MUST_CHECK;

void polling_result_free(struct polling_result *result);

#endif
