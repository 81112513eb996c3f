// The program's counters. A folder declares its counters as one table in a header of its own: a line each,
// with kind, name, unit and a sentence for people. It uses COUNTERS_DECLARE there, and COUNTERS_DEFINE in one
// of its files. With a table called `shop`, any thread may then call counter_add(&shop_counters.sold, 1): a
// misspelt name does not compile. shop_counter_table is for code that shows them, as board/metrics.c does.
#ifndef QUINIELA_BASE_COUNTERS_H
#define QUINIELA_BASE_COUNTERS_H

#include <stdalign.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

enum {
    COUNTER_ALIGNMENT = 64,    // a cache line: threads that add to different counters do not share one
    HISTOGRAM_BOUNDS = 18,     // counter_bounds_ns
    HISTOGRAM_SHARES_MAX = 16, // threads that add to one histogram without sharing a cache line
};

enum counter_kind {
    COUNTER,   // only grows, from 0 at the program's start
    GAUGE,     // how many there are now
    HISTOGRAM, // how long something took, each time; its unit is "seconds", and its name ends with it
};

// What some of the threads have added to a histogram. The last bucket has what took longer than every bound.
struct histogram_share {
    alignas(COUNTER_ALIGNMENT) atomic_uint_least64_t sum_ns;
    atomic_uint_least64_t buckets[HISTOGRAM_BOUNDS + 1];
};

struct counter {
    alignas(COUNTER_ALIGNMENT) atomic_int_least64_t value; // not of a histogram
    enum counter_kind kind;
    const char *name, *unit, *help; // string constants; `help` is one sentence for people
    struct histogram_share *shares; // HISTOGRAM_SHARES_MAX of a histogram's; else NULL
};

// A type of its own, so that nothing else is added to it than durations.
struct timed_counter {
    struct counter counter;
};

// All that was added to a histogram.
struct histogram_total {
    uint64_t up_to[HISTOGRAM_BOUNDS]; // how many took at most counter_bounds_ns[i]
    uint64_t count, sum_ns;
};

// The bounds of every histogram, from 50 microseconds (a sync of a fast disk) to 30 seconds (no agency waits
// so long).
extern const uint64_t counter_bounds_ns[HISTOGRAM_BOUNDS];

struct counter_table {
    const char *name;               // the table's, which precedes each counter's name
    const struct counter *counters; // in the order of their declaration
    size_t count;
};

#define COUNTERS_TYPE_COUNTER struct counter
#define COUNTERS_TYPE_GAUGE struct counter
#define COUNTERS_TYPE_HISTOGRAM struct timed_counter
#define COUNTERS_PLACE_COUNTER(name) .name
#define COUNTERS_PLACE_GAUGE(name) .name
#define COUNTERS_PLACE_HISTOGRAM(name) .name.counter
#define COUNTERS_SHARES_COUNTER NULL
#define COUNTERS_SHARES_GAUGE NULL
#define COUNTERS_SHARES_HISTOGRAM ((struct histogram_share[HISTOGRAM_SHARES_MAX]){{.sum_ns = 0}})

#define COUNTERS_FIELD(kind, name, unit, help) COUNTERS_TYPE_##kind name;
#define COUNTERS_VALUE(kind, name, unit, help)                                                               \
    COUNTERS_PLACE_##kind(name) = {0, kind, #name, unit, help, COUNTERS_SHARES_##kind},

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

// Adds one duration. Takes no lock, and orders nothing between threads, as counter_add.
void counter_add_duration(struct timed_counter *counter, uint64_t ns);

// What was added to a counter of the kind HISTOGRAM so far. While others add, the sum may be behind the
// counts.
struct histogram_total counter_read_histogram(const struct counter *counter);

#endif
