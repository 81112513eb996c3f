#include "agency/backoff.h"

#include "base/random.h"

void backoff_init(struct backoff *backoff, uint32_t base_ms, uint32_t cap_ms, uint64_t seed) {
    *backoff = (struct backoff){.base_ms = base_ms, .cap_ms = cap_ms, .random = seed};
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
    return (uint32_t)(random_next(&backoff->random) % (bound + 1));
}

uint32_t backoff_aside_ms(struct backoff *backoff) {
    return (uint32_t)(random_next(&backoff->random) % ((uint64_t)backoff->base_ms + 1));
}

void backoff_reset(struct backoff *backoff) {
    backoff->failures = 0;
}
