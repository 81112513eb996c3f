// A connection's socket: it begins when it is accepted, and from then on libuv's callbacks go to reading.c
// and sending.c. At the end of each callback all that has changed is settled.
#ifndef QUINIELA_NET_SOCKET_H
#define QUINIELA_NET_SOCKET_H

#include "net/connection_parts.h"

// Begins the connections of a loop; `all` has its pointers already, and zeros elsewhere. `handshakes_seed` as
// for handshakes_begin.
void connections_begin(struct connections *all, uint64_t handshakes_seed);

// Closes what they share, before the loop ends; and frees it, when the loop has ended.
void connections_close(struct connections *all);
void connections_end(struct connections *all);

// Makes a connection of a socket that was accepted from `peer`, and takes over the socket.
void connection_accept(struct connections *all, int port_index, int descriptor, const struct sockaddr *peer);

// Settles every connection that has changed: sends what is queued, reads or does not, and works out the
// deadline. To be called at the end of every callback of the loop.
void connections_settle(struct connections *all);

// Reads at once what there is.
void socket_read_now(struct connection *connection);

// Stops reading / finishes / ends every connection.
void connections_quiet(struct connections *all);
void connections_finish(struct connections *all);
void connections_abort(struct connections *all);

#endif
