#include "base/rate.h"

enum { PROBES = 16 };

uint64_t rate_key(uint64_t seed, const void *bytes, size_t length) {
    const uint8_t *at = bytes;
    uint64_t key = seed ^ 0xcbf29ce484222325U;
    for (size_t i = 0; i < length; i++) {
        key = (key ^ at[i]) * 0x100000001b3U; // FNV-1a (RFC 9923)
    }
    key = (key ^ key >> 30) * 0xbf58476d1ce4e5b9U; // and SplitMix64's end: each bit affects every position
    key = (key ^ key >> 27) * 0x94d049bb133111ebU;
    return key ^ key >> 31;
}

uint32_t rate_count(struct rate *rate, uint64_t key, uint64_t second) {
    struct rate_place *free_place = NULL, *place = NULL;
    for (uint64_t probe = 0; probe < PROBES; probe++) {
        place = &rate->places[(key + probe) % RATE_PLACES];
        if (place->second != second) {
            free_place = free_place == NULL ? place : free_place;
        } else if (place->key == key) {
            return ++place->count;
        }
    }
    if (free_place == NULL) {
        return ++place->count; // shared with the key that has this place
    }
    *free_place = (struct rate_place){.key = key, .second = second, .count = 1};
    return 1;
}
