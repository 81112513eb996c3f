// Counts durations in buckets whose width grows with the duration: 64 buckets for each doubling. So a
// quantile is off by at most 1.6 %, and adding takes a few instructions.
#ifndef QUINIELA_BENCH_HISTOGRAM_H
#define QUINIELA_BENCH_HISTOGRAM_H

#include <stdint.h>

enum {
    HISTOGRAM_DOUBLING_BITS = 6, // 2^6 buckets a doubling
    HISTOGRAM_BUCKETS = (64 - HISTOGRAM_DOUBLING_BITS + 1) << HISTOGRAM_DOUBLING_BITS,
};

// All zeros: empty.
struct histogram {
    uint64_t count;
    uint64_t maximum;
    uint64_t buckets[HISTOGRAM_BUCKETS];
};

// Counts one value, in any unit.
void histogram_add(struct histogram *histogram, uint64_t value);

// Adds all values counted by `other`.
void histogram_merge(struct histogram *histogram, const struct histogram *other);

// The value that the fraction `quantile` (0 to 1) of the values does not exceed: the upper end of its bucket,
// but never more than the largest value. 0 if nothing was counted.
uint64_t histogram_quantile(const struct histogram *histogram, double quantile);

#endif
