#include "base/share.h"

void share_begin(struct share *share, uint64_t now_ns) {
    *share = (struct share){.now_ns = now_ns, .left_ns = SHARE_SAVED_NS, .typical_ns = SHARE_TYPICAL_NS_MIN};
}

bool share_has_any(struct share *share, uint64_t now_ns) {
    uint64_t more_ns = (now_ns - share->now_ns) / SHARE_PART;
    share->now_ns += more_ns * SHARE_PART;
    bool is_full = more_ns >= SHARE_SAVED_NS && share->left_ns >= 0;
    share->left_ns = is_full ? SHARE_SAVED_NS : share->left_ns + (int64_t)more_ns;
    share->left_ns = share->left_ns < SHARE_SAVED_NS ? share->left_ns : SHARE_SAVED_NS;
    return share->left_ns > 0;
}

uint64_t share_reserve(struct share *share) {
    share->left_ns -= (int64_t)share->typical_ns;
    return share->typical_ns;
}

void share_return(struct share *share, uint64_t reserved) {
    share->left_ns += (int64_t)reserved;
}

void share_spend(struct share *share, uint64_t ns, uint64_t reserved) {
    share->left_ns -= ns > reserved ? (int64_t)(ns - reserved) : 0;
    uint64_t typical_ns = (share->typical_ns * 7 + ns) / 8;
    share->typical_ns = typical_ns > SHARE_TYPICAL_NS_MIN ? typical_ns : SHARE_TYPICAL_NS_MIN;
}
