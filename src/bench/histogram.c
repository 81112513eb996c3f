// A value's bucket is made of its highest bits: the position of the first 1, and the HISTOGRAM_DOUBLING_BITS
// that follow it. Values below 2^HISTOGRAM_DOUBLING_BITS have a bucket each.
#include "bench/histogram.h"

enum { DOUBLING = 1 << HISTOGRAM_DOUBLING_BITS };

static unsigned bucket_of(uint64_t value) {
    if (value < DOUBLING) {
        return (unsigned)value;
    }
    unsigned shift = 63 - (unsigned)__builtin_clzll(value) - HISTOGRAM_DOUBLING_BITS;
    return (shift + 1) * DOUBLING + (unsigned)(value >> shift) - DOUBLING;
}

// The largest value that belongs to the bucket.
static uint64_t bucket_end(unsigned bucket) {
    if (bucket < DOUBLING) {
        return bucket;
    }
    unsigned shift = bucket / DOUBLING - 1;
    uint64_t top = DOUBLING + bucket % DOUBLING;
    return (top << shift) + ((UINT64_C(1) << shift) - 1);
}

void histogram_add(struct histogram *histogram, uint64_t value) {
    histogram->buckets[bucket_of(value)]++;
    histogram->count++;
    if (value > histogram->maximum) {
        histogram->maximum = value;
    }
}

void histogram_merge(struct histogram *histogram, const struct histogram *other) {
    for (unsigned i = 0; i < HISTOGRAM_BUCKETS; i++) {
        histogram->buckets[i] += other->buckets[i];
    }
    histogram->count += other->count;
    if (other->maximum > histogram->maximum) {
        histogram->maximum = other->maximum;
    }
}

uint64_t histogram_quantile(const struct histogram *histogram, double quantile) {
    // The rank is rounded up: the p99 of 10 values is the largest, not the ninth.
    double exact = quantile * (double)histogram->count;
    uint64_t rank = (uint64_t)exact;
    rank += (double)rank < exact;
    uint64_t seen = 0;
    for (unsigned i = 0; i < HISTOGRAM_BUCKETS; i++) {
        seen += histogram->buckets[i];
        if (seen > 0 && seen >= rank) {
            return bucket_end(i) < histogram->maximum ? bucket_end(i) : histogram->maximum;
        }
    }
    return histogram->maximum;
}
