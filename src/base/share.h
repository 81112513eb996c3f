// A part of a thread's time, for work that must not have more of it. What is not used is saved up for a
// moment; what was spent beyond it is waited for. Pure: the time comes from outside, in nanoseconds of a
// clock that never goes back.
#ifndef QUINIELA_BASE_SHARE_H
#define QUINIELA_BASE_SHARE_H

#include <stdbool.h>
#include <stdint.h>

enum {
    SHARE_PART = 4,               // one in so many nanoseconds may be spent,
    SHARE_SAVED_NS = 10000000,    // and so many may be saved up
    SHARE_TYPICAL_NS_MIN = 100000 // what one piece of work is taken to cost at least
};

struct share {
    uint64_t now_ns;
    int64_t left_ns;     // that may be spent now; negative: was spent before it was there
    uint64_t typical_ns; // what a piece of work has cost lately
};

void share_begin(struct share *share, uint64_t now_ns);

// Whether something may be spent now.
bool share_has_any(struct share *share, uint64_t now_ns);

// A piece of work may begin soon: returns what is taken for it in advance.
uint64_t share_reserve(struct share *share);

// A piece of work is done, which took `ns`; `reserved` of them were taken in advance.
void share_spend(struct share *share, uint64_t ns, uint64_t reserved);

#endif
