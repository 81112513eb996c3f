// A connection's memory: how long it is kept (connection_hold, connection_release in net/connection.h), and
// how much is counted for it.
#ifndef QUINIELA_NET_HOLDING_H
#define QUINIELA_NET_HOLDING_H

#include "net/connection_parts.h"

// Brings what is counted up to date: to be called after its input or output has changed.
void holding_count(struct connection *connection);

// What closing it would free at once; what the service was charged goes on being held.
size_t holding_reclaimable(const struct connection *connection);

#endif
