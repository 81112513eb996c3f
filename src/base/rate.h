// How often each of many keys has come in the current second. The table is bounded: keys that share a place
// also share its count, so they reach a limit sooner, never later.
#ifndef QUINIELA_BASE_RATE_H
#define QUINIELA_BASE_RATE_H

#include <stddef.h>
#include <stdint.h>

enum { RATE_PLACES = 4096 };

// All zeros is an empty table. For one thread at a time.
struct rate {
    struct rate_place {
        uint64_t key, second;
        uint32_t count;
    } places[RATE_PLACES];
};

// A key for the bytes and for `seed`, which may be another key or a secret.
uint64_t rate_key(uint64_t seed, const void *bytes, size_t length);

// How often the key has come in this second, including this time. `second` is any growing number but 0.
uint32_t rate_count(struct rate *rate, uint64_t key, uint64_t second);

#endif
