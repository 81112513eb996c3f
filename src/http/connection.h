// What is done with a connection, whoever has a reason to.
#ifndef QUINIELA_HTTP_CONNECTION_H
#define QUINIELA_HTTP_CONNECTION_H

#include "http/http_parts.h"

// It does nothing until it is resumed. For callbacks of libmicrohttpd.
void http_connection_suspend(struct connection *connection);

// It goes on, in the next run of libmicrohttpd. Does nothing if it was not suspended.
void http_connection_resume(struct connection *connection);

// Ends it: libmicrohttpd closes it in its next run.
void http_connection_end(struct connection *connection);

// When it is closed, the system keeps nothing of what its reader did not take.
void http_connection_forget_unsent(struct connection *connection);

#endif
