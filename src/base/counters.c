#include "base/counters.h"

#include "base/clock.h"

#define MICROSECONDS(count) ((uint64_t)(count)*1000)
#define MILLISECONDS(count) ((uint64_t)(count)*1000 * 1000)
#define SECONDS(count) ((uint64_t)(count)*CLOCK_SECOND_NS)

const uint64_t counter_bounds_ns[HISTOGRAM_BOUNDS] = {
    MICROSECONDS(50),  MICROSECONDS(100), MICROSECONDS(250),
    MICROSECONDS(500), MILLISECONDS(1),   MILLISECONDS(2) + MICROSECONDS(500),
    MILLISECONDS(5),   MILLISECONDS(10),  MILLISECONDS(25),
    MILLISECONDS(50),  MILLISECONDS(100), MILLISECONDS(250),
    MILLISECONDS(500), SECONDS(1),        MILLISECONDS(2500),
    SECONDS(5),        SECONDS(10),       SECONDS(30),
};

// Each thread takes the next share when it first needs one, and keeps it. With more threads than shares some
// have one together: that is slower, and nothing is lost.
static struct histogram_share *own_share(const struct counter *counter) {
    static atomic_uint next;
    static _Thread_local unsigned number; // from 1
    if (number == 0) {
        number = 1 + atomic_fetch_add_explicit(&next, 1, memory_order_relaxed) % HISTOGRAM_SHARES_MAX;
    }
    return &counter->shares[number - 1];
}

void counter_add_duration(struct timed_counter *counter, uint64_t ns) {
    struct histogram_share *share = own_share(&counter->counter);
    size_t bucket = 0;
    while (bucket < HISTOGRAM_BOUNDS && ns > counter_bounds_ns[bucket]) {
        bucket++;
    }
    atomic_fetch_add_explicit(&share->buckets[bucket], 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&share->sum_ns, ns, memory_order_relaxed);
}

static uint64_t sum_of_bucket(const struct counter *counter, size_t bucket) {
    uint64_t sum = 0;
    for (size_t i = 0; i < HISTOGRAM_SHARES_MAX; i++) {
        sum += atomic_load_explicit(&counter->shares[i].buckets[bucket], memory_order_relaxed);
    }
    return sum;
}

struct histogram_total counter_read_histogram(const struct counter *counter) {
    struct histogram_total total = {0};
    for (size_t i = 0; i < HISTOGRAM_SHARES_MAX; i++) {
        total.sum_ns += atomic_load_explicit(&counter->shares[i].sum_ns, memory_order_relaxed);
    }
    for (size_t bucket = 0; bucket < HISTOGRAM_BOUNDS; bucket++) {
        total.count += sum_of_bucket(counter, bucket);
        total.up_to[bucket] = total.count;
    }
    total.count += sum_of_bucket(counter, HISTOGRAM_BOUNDS);
    return total;
}
