// How often each of many things has come in the second that is under way. The table is bounded: who has more
// names than it has places shares one place between several of them, and so has less, never more.
#ifndef QUINIELA_BASE_RATE_H
#define QUINIELA_BASE_RATE_H

#include <stddef.h>
#include <stdint.h>

enum { RATE_PLACES = 4096 };

// All zeros is an empty one. For one thread at a time.
struct rate {
    struct rate_place {
        uint64_t key, second;
        uint32_t count;
    } places[RATE_PLACES];
};

// A key for the bytes, and whatever `seed` stands for: another key's, or a secret.
uint64_t rate_key(uint64_t seed, const void *bytes, size_t length);

// How often the key has come in this second, which is any number but 0 that grows; this time included.
uint32_t rate_count(struct rate *rate, uint64_t key, uint64_t second);

#endif
