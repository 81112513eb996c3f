// The guard against hostile and forgotten connections: closes those that are overdue, and tells when no more
// can be accepted.
#ifndef QUINIELA_NET_GUARD_H
#define QUINIELA_NET_GUARD_H

#include "net/connection_parts.h"

// As in net_options (net/net.h). 0: forever.
struct guard_timeouts {
    uint64_t message_ms, idle_ms, send_ms, handshake_ms;
};

struct guard {
    struct connections *all;
    bool is_accepting; // false when there was no room: the loop then pauses the listeners
    uint64_t full_quiet_until_ms;
};

// `all` has begun (connections_begin).
void guard_begin(struct guard *guard, struct connections *all, const struct guard_timeouts *timeouts);

// Closes what is due, and logs what was closed.
void guard_sweep(struct guard *guard, uint64_t elapsed_ms);

// Whether another sweep is needed later: something waits that can become due, or that must be logged or
// checked again. Call this once everything is settled, because settling can begin a deadline.
bool guard_needs_sweeps(const struct guard *guard);

// Logs all closings that have not been logged yet, before the end.
void guard_report_all(struct guard *guard);

// No more can be accepted for now, for `reason`: logs that, at most every ten seconds, and asks the other
// loops for room.
void guard_stop_accepting(struct guard *guard, enum wants_room wanted, const char *reason);

// Accepts again: some time has passed, so there may be room.
void guard_accept_again(struct guard *guard);

// Accepts again if another loop has made the room that this one asked for. Returns whether it has.
bool guard_accept_if_granted(struct guard *guard);

#endif
