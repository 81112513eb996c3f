// How many bets came in each step of time, in bounded memory: when a night gets longer, its steps do.
#ifndef QUINIELA_REPORT_FLOW_H
#define QUINIELA_REPORT_FLOW_H

#include <stdint.h>

enum { FLOW_STEPS = 360 };

struct flow {
    int64_t from;   // seconds since 1970: the beginning of the first step
    int64_t step_s; // from 1 s on, doubled as needed
    uint64_t bets[FLOW_STEPS];
    int64_t last; // the latest time of any bet; 0: none yet
    uint64_t total;
};

void flow_begin(struct flow *flow, int64_t from);

// Bets that were stored then; what is before the beginning counts there.
void flow_add(struct flow *flow, int64_t at, uint64_t bets);

// The most in one step, at least 1.
uint64_t flow_most(const struct flow *flow);

#endif
