// The clock for all measurements of the bench.
#ifndef QUINIELA_BENCH_STEADY_H
#define QUINIELA_BENCH_STEADY_H

#include <stdint.h>

// Nanoseconds of a clock that never goes back, from an arbitrary start.
uint64_t steady_ns(void);

#endif
