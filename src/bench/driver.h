// Sends the chunks of many agencies to a central, several connections per thread, and measures.
#ifndef QUINIELA_BENCH_DRIVER_H
#define QUINIELA_BENCH_DRIVER_H

#include "base/error.h"
#include "bench/driver_options.h"
#include "bench/histogram.h"

#include <stdbool.h>
#include <stdint.h>

struct driver_result {
    uint64_t bets, chunks;
    uint64_t text_bytes; // of the bets as CSV, including newlines
    uint64_t elapsed_ns; // from the first write to the last answer
    uint64_t ended_ns;   // when the last answer was read (clock_steady_ns)
    struct histogram ack_ns;
    uint64_t marks;     // how many times DRIVER_MARK_BETS bets were acknowledged
    uint64_t *marks_ns; // when, from the start; driver_result_free frees it
};

// Connects every agency, starts the clock, sends everything and waits for every answer. A wrong answer, or
// any other failure, ends the run with `error`. The caller frees `result` either way.
bool driver_run(const struct driver_options *options, struct driver_result *result,
                struct error *error) MUST_CHECK;

void driver_result_free(struct driver_result *result);

#endif
