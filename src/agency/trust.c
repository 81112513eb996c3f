#include "agency/trust.h"

void trust_good(struct trust *trust) {
    trust->has_good = true;
}

bool trust_bad(struct trust *trust, uint64_t now_ms) {
    if (!trust->has_bad) {
        trust->has_bad = true;
        trust->bad_ms = now_ms;
    }
    return !trust->has_good && now_ms - trust->bad_ms >= TRUST_MS;
}
