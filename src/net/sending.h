// Bytes out (connection_send and connection_send_lasting are in net/connection.h): what the service sends is
// queued, and leaves through the transport as the socket takes it.
#ifndef QUINIELA_NET_SENDING_H
#define QUINIELA_NET_SENDING_H

#include "net/connection_parts.h"

// Whether so much is on its way out that nothing more is to be taken in.
bool sending_is_full(const struct connection *connection);

// Sends what is queued, slice by slice, until the socket takes no more; and our end, when the connection is
// finishing and all has left. It may be closed then.
void sending_flush(struct connection *connection);

// A slice that had to wait has left, or libuv's code says why not.
void sending_left(struct connection *connection, int status);

#endif
