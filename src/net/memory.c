#include "net/memory.h"

#include "base/heap.h"

enum { TRIM_EVERY_MS = 100 }; // at most

void memory_begin(struct memory *memory, struct memory_pool *pool) {
    memory->pool = pool;
    atomic_init(&memory->held, 0);
}

size_t memory_held_by_all(const struct memory *memory) {
    return atomic_load_explicit(&memory->pool->held, memory_order_relaxed);
}

static size_t held_here(const struct memory *memory) {
    return atomic_load_explicit(&memory->held, memory_order_relaxed);
}

void memory_add(struct memory *memory, size_t change) {
    atomic_fetch_add_explicit(&memory->held, change, memory_order_relaxed);
    atomic_fetch_add_explicit(&memory->pool->held, change, memory_order_relaxed);
}

size_t memory_max(const struct memory *memory) {
    return memory->pool->max;
}

size_t memory_high(const struct memory *memory) {
    return memory_max(memory) - memory_max(memory) / 8;
}

size_t memory_low(const struct memory *memory) {
    return memory_max(memory) - memory_max(memory) / 4;
}

bool memory_is_short(const struct memory *memory) {
    return memory_held_by_all(memory) > memory_max(memory) / 2;
}

size_t memory_share(const struct memory *memory) {
    return memory_max(memory) / (size_t)memory->pool->loops;
}

bool memory_has_its_share(const struct memory *memory) {
    size_t share = memory_share(memory);
    return held_here(memory) >= share - share / 4;
}

void memory_trim(struct memory *memory, uint64_t now_ms) {
    uint64_t before_ms = atomic_load_explicit(&memory->pool->trimmed_ms, memory_order_relaxed);
    if (now_ms >= before_ms + TRIM_EVERY_MS &&
        atomic_compare_exchange_strong(&memory->pool->trimmed_ms, &before_ms, now_ms)) {
        heap_trim();
    }
}
