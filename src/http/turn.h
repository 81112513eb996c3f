// A turn of the server's thread: what has come is answered, until the turn's time is spent. What is left is
// put off to the next, before which the thread rests.
#ifndef QUINIELA_HTTP_TURN_H
#define QUINIELA_HTTP_TURN_H

#include "http/http_parts.h"

// Begins a turn: who was put off goes on.
void turn_begin(struct http *http);

// Whether the turn has taken its time.
bool turn_is_spent(const struct http *http);

// The connection's answer has to wait for the next turn. For callbacks of libmicrohttpd.
void turn_put_off(struct connection *connection);

// The connection is gone.
void turn_forget(struct connection *connection);

// Ends a turn: what it took is noted.
void turn_end(struct http *http);

// For how long the thread has to rest; 0: not at all.
unsigned turn_rest_ms(struct http *http);

#endif
