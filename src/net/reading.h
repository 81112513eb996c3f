// Bytes in: from the socket through the transport into the input, and from there to the service, which sees
// them only while it has room for what follows from them (connection_pause and connection_resume are in
// net/connection.h).
#ifndef QUINIELA_NET_READING_H
#define QUINIELA_NET_READING_H

#include "net/connection_parts.h"

// Where the socket's next bytes go, *length of them at most. NULL when there is no memory, or when the
// handshake has to wait for its turn: then the connection's stage says so.
uint8_t *reading_room(struct connection *connection, size_t *length);

// So many bytes came into that room.
void reading_came(struct connection *connection, size_t length);

// Goes on with the input that was held back, when enough of the output has left.
void reading_go_on(struct connection *connection);

// Whether the socket is to be read now.
bool reading_is_wanted(const struct connection *connection);

// Frees what the connections of a loop share for that, at the loop's end.
void reading_end(struct connections *all);

#endif
