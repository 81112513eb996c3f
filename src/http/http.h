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
#include "http/limits.h"
#include "http/request.h"

#include <stdbool.h>
#include <stddef.h>

struct http;

// An answer, which the handler fills in. It begins zeroed, but for its status, 200.
struct http_answer {
    int status;        // RFC 9110, section 15
    const char *type;  // Content-Type, a constant. NULL: none
    char *body;        // made with malloc; http frees it, whatever happens. Or NULL, and:
    const void *fixed; // bytes that live as long as the program
    size_t length;     // of either, in bytes
    bool is_stream;    // text/event-stream: its pieces come from stream_next
    // Further ones, name and value, constants; a NULL name ends them.
    const char *headers[HTTP_HEADERS_MAX][2];
};

// How long it waits for others. Tests are less patient.
struct http_patience {
    unsigned request_ms, idle_s, answer_ms, stream_idle_s; // as in http/limits.h
    bool loopback_counts;                                  // a peer on this machine is a peer like any other
};

struct http_options {
    int sockets[HTTP_SOCKETS_MAX]; // bound and listening. http takes them over, even if it cannot be opened
    int socket_count;
    const char *names;        // under which it may be reached, with commas between them; NULL: none. Copied
    unsigned connections_max; // at least HTTP_CONNECTIONS_MIN
    const struct http_patience *patience; // NULL: as in http/limits.h. Copied

    // Answers a request of GET or HEAD (whose body is left out afterwards).
    void (*answer)(void *context, const struct http_request *request, struct http_answer *answer);

    // A stream begins. `last_id`: what of it its reader has, the Last-Event-ID of the HTML standard
    // ("Server-sent events"); NULL: nothing. False: there is no memory, and it is refused. Each that has
    // begun is ended.
    bool (*stream_begin)(void *context, const char *last_id, void **stream);
    // The stream has room: what is next? *text is made with malloc, and http's from then on; *length 0:
    // nothing now. Called only once all that came before has been taken by the system, so what is skipped for
    // a slow reader is the handler's choice. False: the stream is over.
    bool (*stream_next)(void *context, void *stream, char **text, size_t *length);
    void (*stream_end)(void *context, void *stream);

    // Called every HTTP_TICK_MS, or later if the thread has to rest. Then each stream that has room is asked.
    void (*tick)(void *context);
    void *context; // of all of these
};

// Makes a server, which starts nothing yet. The caller closes it. ERROR_NO_MEMORY or ERROR_SYSTEM; *http is
// NULL then, and the sockets are closed.
bool http_open(const struct http_options *options, struct http **http, struct error *error) MUST_CHECK;

// Starts its thread, once. Restrictions that should apply to it (confine.h) must come first. ERROR_SYSTEM.
bool http_start(struct http *http, struct error *error) MUST_CHECK;

// Ends the thread and every connection, frees everything, and sets *http to NULL. NULL inside is fine.
void http_close(struct http **http);

#endif
