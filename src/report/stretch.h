// When one agency sent: from its first stored chunk to its last one, and for how long it was silent between.
#ifndef QUINIELA_REPORT_STRETCH_H
#define QUINIELA_REPORT_STRETCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Times are seconds since 1970.
struct silent_spell {
    int64_t from, to;
};

// All zeros is an empty one. Freed with stretch_clear.
struct stretch {
    uint64_t chunks, bets;
    int64_t first, last;         // of its chunks, when there are any
    struct silent_spell *spells; // by time
    uint32_t spell_count;
};

// Takes a chunk that was stored at that time. Chunks need not come in the order of their times: logs of
// several servers are read one after the other. `silence_s`: what is shorter is no spell. False when out of
// memory.
bool stretch_add(struct stretch *stretch, int64_t at, uint64_t bets, int64_t silence_s);

// The agency ended then: silence up to it counts. False when out of memory.
bool stretch_end(struct stretch *stretch, int64_t at, int64_t silence_s);

// The longest spell; NULL when there is none.
const struct silent_spell *stretch_longest(const struct stretch *stretch);

void stretch_clear(struct stretch *stretch);

#endif
