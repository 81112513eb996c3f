// Chooses the connection to close so that another one has room: the one that would be missed least.
#ifndef QUINIELA_NET_EVICTION_H
#define QUINIELA_NET_EVICTION_H

#include "net/connection_parts.h"

// Closes one connection: when the capacity is full, one of the peer with the most; when a descriptor is
// wanted, one that nobody will miss. False when this loop has no such connection and there is still no room.
bool eviction_make_room(struct connections *all, enum wants_room wanted);

// For each other loop that still lacks room, closes one connection here if this loop has a suitable one. Only
// one of all loops does so.
void eviction_help_neighbours(struct connections *all);

// Closes another connection of the same proven peer if that peer has too many.
void eviction_limit_peer(const struct connection *connection);

#endif
