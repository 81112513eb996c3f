// What a server is given when it is opened: its sockets, its bounds, and the handler that knows what is
// shown.
#ifndef QUINIELA_HTTP_OPTIONS_H
#define QUINIELA_HTTP_OPTIONS_H

#include "http/limits.h"
#include "http/request.h"

#include <stdbool.h>
#include <stddef.h>

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

    // Says why a request is refused before it is answered, in the form that its path has: the answer's type
    // and body. http adds what the status wants. NULL: as a line of text.
    void (*refuse)(void *context, const struct http_request *request, int status, const char *why,
                   struct http_answer *answer);

    // Whether a request is one that is not put off behind others, however many those are: a small answer that
    // somebody waits for who acts upon its absence. NULL: none is.
    bool (*is_urgent)(void *context, const struct http_request *request);

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

#endif
