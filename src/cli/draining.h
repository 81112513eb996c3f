// Ends the server gently, on an order: no connection is let in, those that are open end once nothing is under
// way on them, and then the main loop ends.
#ifndef QUINIELA_CLI_DRAINING_H
#define QUINIELA_CLI_DRAINING_H

#include "cli/main_loop.h"
#include "net/net.h"

#include <stdatomic.h>

// All zeros: it does not drain.
struct draining {
    struct net *net;
    struct main_loop *main_loop;
    uint64_t since_ms; // of the steady clock
    atomic_bool has_begun;
};

// Begins, unless it has begun already. Returns how many connections there are. Called on the main thread.
uint64_t draining_begin(struct draining *draining, struct net *net, struct main_loop *main_loop);

// Whether it has begun. Any thread may call this.
bool draining_has_begun(const struct draining *draining);

#endif
