// A small HTTP server, on a thread of its own.
#ifndef QUINIELA_HTTP_HTTP_H
#define QUINIELA_HTTP_HTTP_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

enum { HTTP_SOCKETS_MAX = 4, HTTP_TICK_MS = 250 };

struct http;
struct http_request; // valid during the call

const char *http_request_path(const struct http_request *request);
const char *http_request_argument(const struct http_request *request, const char *name);
bool http_request_has_others(const struct http_request *request, const char *const *known);

struct http_answer {
    int status;
    const char *type;
    char *body;
    size_t length;
    const void *fixed;
    const char *headers[4][2];
    bool is_stream;
};

struct http_options {
    int sockets[HTTP_SOCKETS_MAX];
    int socket_count;
    const char *names;
    unsigned connections_max;
    void (*answer)(void *context, const struct http_request *request, struct http_answer *answer);
    bool (*stream_begin)(void *context, const char *last_id, void **stream);
    bool (*stream_next)(void *context, void *stream, char **text, size_t *length);
    void (*stream_end)(void *context, void *stream);
    void (*tick)(void *context);
    void *context;
};

bool http_open(const struct http_options *options, struct http **http, struct error *error) MUST_CHECK;
bool http_start(struct http *http, struct error *error) MUST_CHECK;
void http_close(struct http **http);

#endif
