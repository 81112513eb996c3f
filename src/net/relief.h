// Keeps what is held for peers below net_options.memory_max: when it comes near, the connections that hold
// most are closed, of them first those that have been in the way for longest. An honest agency's messages
// pass in a moment.
#ifndef QUINIELA_NET_RELIEF_H
#define QUINIELA_NET_RELIEF_H

#include "net/connection_parts.h"

// Sees to it that there is room for so many bytes more; closes connections of this loop for it, and asks
// other loops to. False when there is none but by closing `asking` (NULL: nobody's).
bool relief_make(struct connections *all, const struct connection *asking, size_t bytes);

// The same when more is held than may be.
void relief_bound(struct connections *all);

// The same when another loop has asked for it.
void relief_if_asked(struct connections *all);

#endif
