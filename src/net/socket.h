// A connection's socket: it begins when it is accepted, and from then on libuv's callbacks go to reading.c
// and sending.c.
#ifndef QUINIELA_NET_SOCKET_H
#define QUINIELA_NET_SOCKET_H

#include "net/connection_parts.h"

// Makes a connection of a socket that was accepted from `peer`, and takes over the socket. The caller settles
// it (connections.h), at the end of its callback.
void connection_accept(struct connections *all, int port_index, int descriptor, const struct sockaddr *peer);

// Reads at once what there is, as if libuv had said so.
void socket_read_now(struct connection *connection);

// Has libuv read, or not, as reading.c wants it now.
void socket_settle_reading(struct connection *connection);

#endif
