// A connection's memory: how long it is kept (connection_hold and connection_release in net/connection.h),
// and how much is counted for it.
#ifndef QUINIELA_NET_HOLDING_H
#define QUINIELA_NET_HOLDING_H

#include "net/connection_parts.h"

// Brings the count up to date. Call this after the connection's input or output has changed.
void holding_count(struct connection *connection);

// What closing the connection would free at once; what the service has charged stays held.
size_t holding_reclaimable(const struct connection *connection);

#endif
