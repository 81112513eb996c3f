// The world of one simulated lottery: its random numbers, its clock, what is to happen and when, the trace,
// and the first promise that was broken. One thread; one world at a time; everything follows from the seed.
#ifndef QUINIELA_TESTS_SIM_WORLD_H
#define QUINIELA_TESTS_SIM_WORLD_H

#include "base/attributes.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Something that happens at a moment. `number` is whatever was given with it.
typedef void (*world_event)(void *context, uint64_t number);

// Begins a world; `traced` prints what happens in it.
void world_begin(uint64_t seed, bool traced);

// Forgets what was still to happen.
void world_end(void);

// Milliseconds since the world began.
uint64_t world_now_ms(void);

// A number from 0 to bound - 1; from `least` to `most`; true so many times of a hundred.
uint32_t world_below(uint32_t bound);
uint32_t world_between(uint32_t least, uint32_t most);
bool world_chance(uint32_t percent);

// Lets `event` happen in `delay_ms` milliseconds. Events of one moment come in the order in which they were
// asked for.
void world_after(uint64_t delay_ms, world_event event, void *context, uint64_t number);

// Lets the next thing happen. Returns false when there is none left, or a promise is broken.
bool world_step(void);

// Writes a line of the trace.
void world_trace(const char *format, ...) PRINTF_LIKE(1, 2);
bool world_is_traced(void);

// A promise is broken: the run ends after the current event. The first one counts.
void world_fail(const char *format, ...) PRINTF_LIKE(1, 2);

// What was broken, or NULL.
const char *world_failure(void);

#endif
