// A small HTTP server (RFC 9110, RFC 9112), on a thread of its own. It only shows: GET and HEAD, and no
// request has a body. It knows no paths and nothing of what is shown; that is the handler's, who is called on
// that thread alone. What anybody may take is bounded (http/limits.h), the thread's processor time, too: over
// each second it takes at most a quarter of one core, and rests when it has had that.
//
// What cannot be read as HTTP at all (a broken request line, a head that is much too long) is answered by
// libmicrohttpd, in fixed words and without our headers.
#ifndef QUINIELA_HTTP_HTTP_H
#define QUINIELA_HTTP_HTTP_H

#include "base/attributes.h"
#include "base/error.h"
#include "http/options.h"

#include <stdbool.h>

struct http;

// Makes a server, which starts nothing yet. The caller closes it. ERROR_NO_MEMORY or ERROR_SYSTEM; *http is
// NULL then, and the sockets are closed.
bool http_open(const struct http_options *options, struct http **http, struct error *error) MUST_CHECK;

// Starts its thread, once. Restrictions that should apply to it (confine.h) must come first. ERROR_SYSTEM.
bool http_start(struct http *http, struct error *error) MUST_CHECK;

// Ends the thread and every connection, frees everything, and sets *http to NULL. NULL inside is fine.
void http_close(struct http **http);

#endif
