#include "agency/backoff.h"

void backoff_init(struct backoff *backoff, uint32_t base_ms, uint32_t cap_ms, uint64_t seed) {
    *backoff = (struct backoff){.base_ms = base_ms, .cap_ms = cap_ms, .random = seed};
}

// splitmix64 (Steele, Lea, Flood 2014; public domain version by Sebastiano Vigna).
static uint64_t next_random(struct backoff *backoff) {
    uint64_t mixed = backoff->random += 0x9e3779b97f4a7c15;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
    return mixed ^ (mixed >> 31);
}

uint32_t backoff_next_ms(struct backoff *backoff) {
    uint64_t bound = backoff->base_ms;
    for (uint32_t i = 0; i < backoff->failures && bound < backoff->cap_ms; i++) {
        bound *= 2;
    }
    if (bound > backoff->cap_ms) {
        bound = backoff->cap_ms;
    }
    if (backoff->failures < UINT32_MAX) {
        backoff->failures++;
    }
    return (uint32_t)(next_random(backoff) % (bound + 1));
}

void backoff_reset(struct backoff *backoff) {
    backoff->failures = 0;
}
