// What `quiniela bench` prints: for people, as JSON, or as CSV.
#ifndef QUINIELA_CLI_BENCH_REPORT_H
#define QUINIELA_CLI_BENCH_REPORT_H

#include "bench/driver.h"
#include "bench/hold.h"
#include "bench/polling.h"
#include "bench/threads.h"

#include <stdbool.h>
#include <stdint.h>

enum bench_format { BENCH_FOR_PEOPLE, BENCH_JSON, BENCH_CSV };

// The results of one run. Memory is the central's, in KiB; 0 where it is not known.
struct bench_report {
    const struct driver_options *options;
    struct driver_result result;
    uint64_t memory_start_kib;
    uint64_t memory_first_million_kib;
    uint64_t memory_end_kib; // every bet is acknowledged
    // The processor time that the central used while the bets were sent; 0 where it is not known.
    uint64_t central_user_ns, central_system_ns;
    struct threads_time threads; // the same by thread
    bool has_draw;               // the fields below are set
    uint32_t held;               // consultations that waited for the draw
    struct hold_result hold;
    uint64_t memory_before_hold_kib, memory_with_hold_kib, memory_after_hold_kib;
};

// Prints to standard output.
void bench_report_print(const struct bench_report *report, enum bench_format format);

// Prints how a simulation of polling agencies went.
void bench_report_print_polling(const struct polling_options *options, const struct polling_result *result,
                                enum bench_format format);

#endif
