// A request's parts, and what every request must be, whatever it asks for. For the folder's own files.
#ifndef QUINIELA_HTTP_REQUEST_PARTS_H
#define QUINIELA_HTTP_REQUEST_PARTS_H

#include <microhttpd.h>
#include <stdbool.h>

struct http_request {
    struct MHD_Connection *connection;
    const char *path;
};

// What libmicrohttpd says of a request.
struct request_head {
    struct MHD_Connection *connection;
    const char *method, *target, *version; // the target is decoded, and without its query
    bool has_zero;                         // a zero byte in the target
};

struct request_refusal {
    int status;       // 0: the request is as it must be
    const char *text; // for people, a constant without a line's end
};

// Holds a request against the rules for all: its method, its size, no body, who it is meant for.
struct request_refusal request_check(const struct request_head *head, const char *names);

// The path of a target that passed: "/api" of "/api" and of "http://localhost/api".
const char *request_path(const char *target);

#endif
