#include "cli/draining.h"

#include "base/clock.h"
#include "base/log.h"
#include "confine/supervisor.h"

#include <inttypes.h>

enum {
    LOOK_MS = 50,
    DRAIN_MS_MAX = 30 * 1000, // what is under way has left by then, or never will
};

static void look_whether_drained(void *context) {
    struct draining *draining = context;
    size_t connections = net_connections(draining->net);
    if (connections == 0 || clock_steady_ms() - draining->since_ms >= DRAIN_MS_MAX) {
        log_event(LOG_LEVEL_INFO, "drain", LOG_SUCCESS, "connections: %zu", connections);
        main_loop_ask_to_stop(draining->main_loop);
    }
}

uint64_t draining_begin(struct draining *draining, struct net *net, struct main_loop *main_loop) {
    uint64_t connections = net_connections(net);
    if (!draining_has_begun(draining)) {
        draining->net = net;
        draining->main_loop = main_loop;
        draining->since_ms = clock_steady_ms();
        atomic_store(&draining->has_begun, true);
        log_event(LOG_LEVEL_INFO, "drain", LOG_IN_PROGRESS, "connections: %" PRIu64, connections);
        supervisor_stopping();
        net_drain(net);
        main_loop_repeat(main_loop, LOOK_MS, look_whether_drained, draining);
    }
    return connections;
}

bool draining_has_begun(const struct draining *draining) {
    return atomic_load(&draining->has_begun);
}
