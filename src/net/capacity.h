// How many connections all loops have together, and the most they may have.
#ifndef QUINIELA_NET_CAPACITY_H
#define QUINIELA_NET_CAPACITY_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

struct capacity {
    size_t max;
    atomic_size_t connections; // not closed yet
};

static inline size_t capacity_count(const struct capacity *capacity) {
    return atomic_load(&capacity->connections);
}

static inline bool capacity_is_full(const struct capacity *capacity) {
    return capacity_count(capacity) >= capacity->max;
}

static inline void capacity_enter(struct capacity *capacity) {
    atomic_fetch_add(&capacity->connections, 1);
}

static inline void capacity_leave(struct capacity *capacity) {
    atomic_fetch_sub(&capacity->connections, 1);
}

#endif
