#include "agency/patience.h"

#include "agency/limits.h"

#include <assert.h>

enum { GROWTH_MAX = 16 }; // grows to at most this many times the first wait

static_assert((uint64_t)ANSWER_TIMEOUT_MS_MAX * GROWTH_MAX <= UINT32_MAX, "every wait fits");

void patience_init(struct patience *patience, uint32_t first_ms) {
    *patience = (struct patience){first_ms, first_ms};
}

void patience_reset(struct patience *patience) {
    patience->ms = patience->first_ms;
}

void patience_grow(struct patience *patience) {
    if (patience->ms < patience->first_ms * GROWTH_MAX) {
        patience->ms *= 2;
    }
}
