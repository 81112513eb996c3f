// Which connection is closed so that another one has room: the one that would be missed least.
#ifndef QUINIELA_NET_EVICTION_H
#define QUINIELA_NET_EVICTION_H

#include "net/connection_parts.h"

// Closes a connection of whoever has most, when the capacity is full; or one that nobody will miss, when a
// descriptor is wanted. False when this loop has none such, and there is still no room.
bool eviction_make_room(struct connections *all, enum wants_room wanted);

// For each other loop that still lacks room, closes one connection here if this loop has a suitable one. Of
// all loops, only one does it.
void eviction_help_neighbours(struct connections *all);

// Closes another connection of the same proven peer, when it has too many.
void eviction_limit_peer(const struct connection *connection);

#endif
