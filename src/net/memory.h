// How much memory is held for peers, against net_options.memory_max: half-read messages, messages that the
// service has not done with, and answers that have not left. Here it is only counted; what is done about it
// is relief.c's.
#ifndef QUINIELA_NET_MEMORY_H
#define QUINIELA_NET_MEMORY_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// All loops together.
struct memory_pool {
    size_t max;
    int loops;
    atomic_size_t held;
    _Atomic uint64_t trimmed_ms; // when the heap was last trimmed, by the loops' clock
};

// One loop's part.
struct memory {
    struct memory_pool *pool;
    atomic_size_t held;
};

// Counts bytes more; fewer wrap around.
void memory_add(struct memory *memory, size_t change);

// What is held on all loops, and on this one.
size_t memory_held_by_all(const struct memory *memory);
size_t memory_held(const struct memory *memory);

// Room is made when more than `high` would be held, until no more than `low` is.
size_t memory_high(const struct memory *memory);
size_t memory_low(const struct memory *memory);

// Whether less should be kept where that costs nothing but time.
bool memory_is_short(const struct memory *memory);

// How much a loop has when all have as much, and whether this one holds nearly that.
size_t memory_share(const struct memory *memory);
bool memory_has_its_share(const struct memory *memory);

// Gives the heap's holes back to the system, now and then: they are not counted. `now_ms` is the loops'
// clock.
void memory_trim(struct memory *memory, uint64_t now_ms);

#endif
