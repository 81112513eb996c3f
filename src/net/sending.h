// Bytes out: what the service sends is queued, and leaves through the transport as the socket takes it
// (connection_send and connection_send_lasting are in net/connection.h).
#ifndef QUINIELA_NET_SENDING_H
#define QUINIELA_NET_SENDING_H

#include "net/connection_parts.h"

// Whether so much is waiting to leave that nothing more should be taken in.
bool sending_is_full(const struct connection *connection);

// Sends what is queued, slice by slice, until the socket takes no more; followed by our end, if the
// connection is finishing and everything has left. This may close the connection.
void sending_flush(struct connection *connection);

// A slice that had to wait has left, or `status` is libuv's code for the failure.
void sending_left(struct connection *connection, int status);

#endif
