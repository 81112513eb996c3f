// How much memory is held for peers, against net_options.memory_max: half-read messages, messages that the
// service has not finished with, and answers that have not left. This file only counts; relief.c acts on it.
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

// Begins one loop's part, with nothing held. The pool outlives it.
void memory_begin(struct memory *memory, struct memory_pool *pool);

// Counts `change` more bytes. To subtract n, pass (size_t)0 - n.
void memory_add(struct memory *memory, size_t change);

// The bytes held on all loops.
size_t memory_held_by_all(const struct memory *memory);

// The most that all loops together may hold.
size_t memory_max(const struct memory *memory);

// When more than `high` would be held, room is made until at most `low` is held.
size_t memory_high(const struct memory *memory);
size_t memory_low(const struct memory *memory);

// Whether to hold less memory where that costs only time.
bool memory_is_short(const struct memory *memory);

// A loop's share of the maximum if all get the same, and whether this loop holds nearly that much.
size_t memory_share(const struct memory *memory);
bool memory_has_its_share(const struct memory *memory);

// Returns holes in the heap, which are not counted, to the system, at most every 100 ms. `now_ms` is the
// loops' clock.
void memory_trim(struct memory *memory, uint64_t now_ms);

#endif
