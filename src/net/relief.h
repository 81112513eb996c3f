// Keeps the memory held for peers below net_options.memory_max. When it comes close, the connections that
// hold the most are closed, first those that have been in the way for longest. An honest agency's messages
// pass in a moment.
#ifndef QUINIELA_NET_RELIEF_H
#define QUINIELA_NET_RELIEF_H

#include "net/connection_parts.h"

// Makes room for that many more bytes: closes connections of this loop, and asks other loops to do so. False
// when only closing `asking` (NULL: no connection) would make room.
bool relief_make(struct connections *all, const struct connection *asking, size_t bytes);

// The same when more is held than allowed.
void relief_bound(struct connections *all);

// The same when another loop has asked for it.
void relief_if_asked(struct connections *all);

#endif
