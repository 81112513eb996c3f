// Whether what was sent has arrived (connection_await_arrival). That the socket took the bytes says nothing:
// they may lie in our own system while the cable is cut. They have arrived when the other side's system has
// acknowledged them: nothing is unsent here, and the kernel has nothing left that is unacknowledged
// (SIOCOUTQ, tcp(7)).
#ifndef QUINIELA_NET_ARRIVAL_H
#define QUINIELA_NET_ARRIVAL_H

#include "net/connection_parts.h"

enum arrival_state {
    ARRIVAL_NOT_AWAITED, // by nobody, or no longer: it has arrived, and the service knows
    ARRIVAL_UNDER_WAY,   // it may still arrive
    ARRIVAL_LOST         // it never will
};

// Looks, and tells the service when all has arrived.
enum arrival_state arrival_look(struct connection *connection);

// Looks a last time, before the socket is closed.
void arrival_end(struct connection *connection);

// Whether any is awaited; the one that was looked at longest ago, and puts it last. NULL when there is none.
bool arrivals_are_awaited(const struct connections *all);
struct connection *arrivals_take_turn(struct connections *all);

// The one that was looked at last. NULL when there is none.
const struct connection *arrivals_last(const struct connections *all);

#endif
