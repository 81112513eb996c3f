// A part of a thread's time, for work that must not take more of it. Unused time is saved up for a moment;
// overspent time is made up by waiting. Pure: the time is passed in, in nanoseconds of a clock that never
// goes back.
#ifndef QUINIELA_BASE_SHARE_H
#define QUINIELA_BASE_SHARE_H

#include <stdbool.h>
#include <stdint.h>

enum {
    SHARE_PART = 4,               // one nanosecond in this many may be spent,
    SHARE_SAVED_NS = 10000000,    // and this many may be saved up
    SHARE_TYPICAL_NS_MIN = 100000 // the least that a piece of work is assumed to cost
};

struct share {
    uint64_t now_ns;
    int64_t left_ns;     // that may be spent now; negative: overspent
    uint64_t typical_ns; // what a piece of work has cost recently
};

void share_begin(struct share *share, uint64_t now_ns);

// Whether any time may be spent now.
bool share_has_any(struct share *share, uint64_t now_ns);

// A piece of work may begin soon: returns the time that is set aside for it.
uint64_t share_reserve(struct share *share);

// That piece of work was not to be paid for after all: the time that was set aside for it may be spent again.
void share_return(struct share *share, uint64_t reserved);

// A piece of work is done, and took `ns`; `reserved` of them had been set aside.
void share_spend(struct share *share, uint64_t ns, uint64_t reserved);

#endif
