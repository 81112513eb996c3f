// What net/handler.h promises of a loop, where it is only a struct of the test's and the only one. To be
// included behind `struct loop`, with its `woken` and `state`.
#ifndef QUINIELA_TESTS_LOOP_STUB_H
#define QUINIELA_TESTS_LOOP_STUB_H

#include "net/handler.h"

void loop_wake(struct loop *loop) {
    loop->woken = true;
}

void loop_wake_after(struct loop *loop, unsigned ms) {
    (void)ms;
    loop->woken = true;
}

void *loop_state(struct loop *loop) {
    return loop->state;
}

int loop_index(const struct loop *loop) {
    (void)loop;
    return 0;
}

#endif
