// The memory of answers that have not been read yet. Large ones have room together for a number of bytes; who
// reads slowly keeps it from others for a while only.
#ifndef QUINIELA_HTTP_HOLDING_H
#define QUINIELA_HTTP_HOLDING_H

#include "http/http_parts.h"

// Whether the connection may hold one more large text. If not, whoever has held one longest is ended, if that
// is more than HTTP_HELD_MS: so it may soon.
bool holding_has_room(struct connection *connection);

// It holds so many bytes from now on; 0: they were read, or it is over.
void holding_set(struct connection *connection, size_t bytes);

#endif
