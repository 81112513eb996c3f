#include "report/flow.h"

#include <stddef.h>

void flow_begin(struct flow *flow, int64_t from) {
    *flow = (struct flow){.from = from, .step_s = 1};
}

static void double_the_step(struct flow *flow) {
    for (size_t i = 0; i < FLOW_STEPS; i++) {
        flow->bets[i] = i < FLOW_STEPS / 2 ? flow->bets[2 * i] + flow->bets[2 * i + 1] : 0;
    }
    flow->step_s *= 2;
}

void flow_add(struct flow *flow, int64_t at, uint64_t bets) {
    int64_t since = at < flow->from ? 0 : at - flow->from;
    while (since / flow->step_s >= FLOW_STEPS) {
        double_the_step(flow);
    }
    flow->bets[since / flow->step_s] += bets;
    flow->total += bets;
    flow->last = at > flow->last ? at : flow->last;
}

uint64_t flow_most(const struct flow *flow) {
    uint64_t most = 1;
    for (int i = 0; i < FLOW_STEPS; i++) {
        most = flow->bets[i] > most ? flow->bets[i] : most;
    }
    return most;
}
