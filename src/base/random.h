// Random numbers: the same numbers for the same seed, on every machine. Not for secrets.
#ifndef QUINIELA_BASE_RANDOM_H
#define QUINIELA_BASE_RANDOM_H

#include <stdint.h>

// The next number; all 2^64 are equally likely. SplitMix64: G. Steele, D. Lea, C. Flood, "Fast Splittable
// Pseudorandom Number Generators", OOPSLA 2014, with the constants that S. Vigna put into the public domain
// (https://prng.di.unimi.it/splitmix64.c).
uint64_t random_next(uint64_t *state);

// A number from 0 to bound - 1, all equally likely; `bound` is at least 1. D. Lemire, "Fast Random Integer
// Generation in an Interval", ACM Transactions on Modeling and Computer Simulation 29 (1), 2019, from the
// upper 32 bits.
uint32_t random_below(uint64_t *state, uint32_t bound);

// A seed that differs between processes and between moments.
uint64_t random_seed(void);

#endif
