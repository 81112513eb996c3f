// Whether what was sent has arrived (connection_await_arrival). It is not enough that the socket took the
// bytes: they may still be in our own system while the cable is cut. They have arrived once nothing is unsent
// here and the kernel has no unacknowledged bytes left (SIOCOUTQ, tcp(7)): the peer's system has acknowledged
// them all.
#ifndef QUINIELA_NET_ARRIVAL_H
#define QUINIELA_NET_ARRIVAL_H

#include "net/connection_parts.h"

enum arrival_state {
    ARRIVAL_NOT_AWAITED, // nobody waits, or no longer: it has arrived, and the service knows
    ARRIVAL_UNDER_WAY,   // it may still arrive
    ARRIVAL_LOST         // it never will
};

// Checks for arrival. When everything has arrived, the service is told, and an end that waited for that can
// be sent. Returns what is so afterwards.
enum arrival_state arrival_update(struct connection *connection);

// Checks one last time, before the socket is closed. `has_ended`: our end has been sent.
void arrival_end(struct connection *connection, bool has_ended);

// Some of what was sent is thrown away: it will never arrive, and the service is not told.
void arrival_give_up(struct connection *connection);

// Whether any connection awaits arrival. arrivals_take_turn returns the one that was checked longest ago and
// puts it last; NULL when there is none.
bool arrivals_are_awaited(const struct connections *all);
struct connection *arrivals_take_turn(struct connections *all);

// The connection that was checked last. NULL when there is none.
const struct connection *arrivals_last(const struct connections *all);

#endif
