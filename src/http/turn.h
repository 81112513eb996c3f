// A turn of the server's thread: what has come is answered, until the turn's time for that is spent. What is
// left is put off to the next, before which the thread rests.
#ifndef QUINIELA_HTTP_TURN_H
#define QUINIELA_HTTP_TURN_H

#include "http/http_parts.h"

// Begins a turn: who was put off goes on.
void turn_begin(struct http *http);

// Whether the turn has had its time for that kind of work. Each has a time of its own, so none waits for the
// others.
bool turn_is_spent(const struct http *http, enum turn_kind kind);

// Such work was done, since turn_used_ns had returned `since_ns`.
void turn_spend(struct http *http, enum turn_kind kind, uint64_t since_ns);

// The processor time that this thread has had, in nanoseconds.
uint64_t turn_used_ns(void);

// The connection's answer has to wait for the next turn. For callbacks of libmicrohttpd.
void turn_put_off(struct connection *connection);

// The connection is gone.
void turn_forget(struct connection *connection);

// Ends a turn: what it took is noted.
void turn_end(struct http *http);

// For how long the thread has to rest; 0: not at all.
unsigned turn_rest_ms(struct http *http);

#endif
