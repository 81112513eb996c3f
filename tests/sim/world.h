// The world of one simulated lottery: its random numbers, its clock, the coming events and their times, the
// trace, and the first broken promise. One thread; one world at a time; everything follows from the seed.
#ifndef QUINIELA_TESTS_SIM_WORLD_H
#define QUINIELA_TESTS_SIM_WORLD_H

#include "base/attributes.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Something that happens at some moment. `number` is the one given to world_after.
typedef void (*world_event)(void *context, uint64_t number);

// Begins a world; `traced` prints what happens in it.
void world_begin(uint64_t seed, bool traced);

// Forgets the events that have not happened yet.
void world_end(void);

// Milliseconds since the world began.
uint64_t world_now_ms(void);

// The time of day, in milliseconds since 1970; and how much it differs from what it would be if nobody had
// set the clock. Sets it so.
int64_t world_wall_ms(void);
int64_t world_clock_offset(void);
void world_set_clock(int64_t offset_ms);

// A number from 0 to bound - 1; from `least` to `most`; true `percent` times in a hundred.
uint32_t world_below(uint32_t bound);
uint32_t world_between(uint32_t least, uint32_t most);
bool world_chance(uint32_t percent);

// Lets `event` happen in `delay_ms` milliseconds. Events due at the same moment happen in the order in which
// they were asked for.
void world_after(uint64_t delay_ms, world_event event, void *context, uint64_t number);

// Lets the next event happen. Returns false when none is left, or a promise is broken.
bool world_step(void);

// Writes a line of the trace.
void world_trace(const char *format, ...) PRINTF_LIKE(1, 2);
bool world_is_traced(void);

// A promise is broken: the run ends after the current event. Only the first broken promise counts.
void world_fail(const char *format, ...) PRINTF_LIKE(1, 2);

// What was broken, or NULL.
const char *world_failure(void);

#endif
