// Bytes in: from the socket through the transport into the input, and from there to the service. The service
// sees them only while there is room for the output that they cause (connection_pause and connection_resume
// are in net/connection.h).
#ifndef QUINIELA_NET_READING_H
#define QUINIELA_NET_READING_H

#include "net/connection_parts.h"

// Where to read the socket's next bytes, *length of them at most. NULL when there is no memory, or when the
// handshake has to wait for its turn (then the connection's stage is STAGE_TURN).
uint8_t *reading_room(struct connection *connection, size_t *length);

// That many bytes came into that room.
void reading_came(struct connection *connection, size_t length);

// Resumes with input that was held back, once enough of the output has left.
void reading_go_on(struct connection *connection);

// Whether the socket should be read now.
bool reading_is_wanted(const struct connection *connection);

// Frees what the connections of a loop share for reading, at the loop's end.
void reading_end(struct connections *all);

#endif
