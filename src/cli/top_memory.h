// What `quiniela top` remembers from one reading to the next, so that it can say how fast bets come.
#ifndef QUINIELA_CLI_TOP_MEMORY_H
#define QUINIELA_CLI_TOP_MEMORY_H

#include "cli/top_facts.h"

// Begins zeroed. Ended by top_memory_free.
struct top_memory {
    struct top_known *known; // of each agency, by number
    size_t count;
    uint64_t begun_ms;           // of the steady clock: the first reading; 0: there was none
    uint64_t step, bets;         // of the last reading: its step since then, and the bets of all
    double steps[TOP_STEPS_MAX]; // bets of step n at n modulo TOP_STEPS_MAX
};

// Takes the agencies of a reading, by number, at `now_ms` of the steady clock (not 0), and sets in each its
// rate, and `silent_s` where a reading before knew better than this one, or it was seen to store something.
// Sets the chart of *facts. False when there is no memory.
bool top_memory_take(struct top_memory *memory, uint64_t now_ms, struct top_facts *facts) MUST_CHECK;

// For how many seconds readings have been taken.
uint32_t top_memory_age_s(const struct top_memory *memory, uint64_t now_ms);

void top_memory_free(struct top_memory *memory);

#endif
