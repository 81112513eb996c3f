// The program's counters. A folder declares its counters as one table in a header of its own: a line each,
// with kind, name, unit and a sentence for people. It uses COUNTERS_DECLARE there, and COUNTERS_DEFINE in one
// of its files. With a table called `shop`, any thread may then call counter_add(&shop_counters.sold, 1): a
// misspelt name does not compile. shop_counter_table is for code that shows them. Only tests read them so
// far.
#ifndef QUINIELA_BASE_COUNTERS_H
#define QUINIELA_BASE_COUNTERS_H

#include <stdalign.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

enum { COUNTER_ALIGNMENT = 64 }; // a cache line: threads that add to different counters do not share one

enum counter_kind {
    COUNTER, // only grows, from 0 at the program's start
    GAUGE,   // how many there are now
};

struct counter {
    alignas(COUNTER_ALIGNMENT) atomic_int_least64_t value;
    enum counter_kind kind;
    const char *name, *unit, *help; // string constants; `help` is one sentence for people
};

struct counter_table {
    const char *name;               // the table's, which precedes each counter's name
    const struct counter *counters; // in the order of their declaration
    size_t count;
};

#define COUNTERS_FIELD(kind, name, unit, help) struct counter name;
#define COUNTERS_VALUE(kind, name, unit, help) .name = {0, kind, #name, unit, help},

#define COUNTERS_DECLARE(folder, LINES)                                                                      \
    struct folder##_counters {                                                                               \
        LINES(COUNTERS_FIELD)                                                                                \
    };                                                                                                       \
    extern struct folder##_counters folder##_counters;                                                       \
    extern const struct counter_table folder##_counter_table

#define COUNTERS_DEFINE(folder, LINES)                                                                       \
    struct folder##_counters folder##_counters = {LINES(COUNTERS_VALUE)};                                    \
    const struct counter_table folder##_counter_table = {                                                    \
        #folder, (const struct counter *)&folder##_counters,                                                 \
        sizeof(struct folder##_counters) / sizeof(struct counter)}

// Adds `count`, which may be negative for a gauge. Orders no other memory accesses between threads.
static inline void counter_add(struct counter *counter, int64_t count) {
    atomic_fetch_add_explicit(&counter->value, count, memory_order_relaxed);
}

// The current value. Another thread may see counters that are added to together change one before the other.
static inline int64_t counter_read(const struct counter *counter) {
    return atomic_load_explicit(&counter->value, memory_order_relaxed);
}

#endif
