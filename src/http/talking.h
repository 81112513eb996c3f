// libmicrohttpd: started, and its callbacks.
#ifndef QUINIELA_HTTP_TALKING_H
#define QUINIELA_HTTP_TALKING_H

#include "http/http_parts.h"

#include "base/attributes.h"
#include "base/error.h"

// Starts it without a thread, and without a socket to listen on. ERROR_SYSTEM.
bool talking_start(struct http *http, struct error *error) MUST_CHECK;

// From now on, if libmicrohttpd cannot go on, this thread does, where http->broken was set.
void talking_guard(struct http *http);

// Ends it and all connections.
void talking_stop(struct http *http);

// Does what there is to do for the connections, without waiting.
void talking_run(struct http *http);

// A connection has come. Takes the socket over.
void talking_add(struct http *http, int socket, const struct sockaddr *address, socklen_t length,
                 uint64_t peer);

#endif
