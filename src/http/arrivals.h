// New connections, and those that give way to them or have taken too long.
#ifndef QUINIELA_HTTP_ARRIVALS_H
#define QUINIELA_HTTP_ARRIVALS_H

#include "http/http_parts.h"

// Whether the sockets are to be looked at: not while the system has nothing to accept with.
bool arrivals_wanted(const struct http *http);

// Accepts from a socket, HTTP_ACCEPTED_AT_ONCE at most.
void arrivals_accept(struct http *http, int socket);

// Ends connections whose time is over.
void arrivals_sweep(struct http *http);

#endif
