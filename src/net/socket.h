// A connection's socket. It begins when the connection is accepted; from then on libuv's callbacks go to
// reading.c and sending.c.
#ifndef QUINIELA_NET_SOCKET_H
#define QUINIELA_NET_SOCKET_H

#include "net/connection_parts.h"

// Makes a connection of a socket accepted from `peer`, and takes over the socket. The caller settles it
// (connections.h) at the end of its callback.
void connection_accept(struct connections *all, int port_index, int descriptor, const struct sockaddr *peer);

// Reads what there is now, as if libuv had called.
void socket_read_now(struct connection *connection);

// Starts or stops libuv's reading, as reading.c wants it now.
void socket_settle_reading(struct connection *connection);

#endif
