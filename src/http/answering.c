#include "http/answering.h"

#include "http/counters.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Of every answer. What is shown changes at any moment, and is for whoever looks at it here: no other site's
// page can use it, or put it into a frame.
static const char *const always[][2] = {
    {"Cache-Control", "no-store"},
    {"X-Content-Type-Options", "nosniff"},
    {"Referrer-Policy", "no-referrer"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
    {"Content-Security-Policy",
     "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
     "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"},
};

static bool add_header(struct MHD_Response *response, const char *name, const char *value) {
    return MHD_add_response_header(response, name, value) == MHD_YES;
}

static bool add_headers(struct MHD_Response *response, const struct http_answer *answer) {
    bool good = answer->type == NULL || add_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, answer->type);
    for (size_t i = 0; good && i < sizeof always / sizeof *always; i++) {
        good = add_header(response, always[i][0], always[i][1]);
    }
    for (size_t i = 0; good && i < HTTP_HEADERS_MAX && answer->headers[i][0] != NULL; i++) {
        good = add_header(response, answer->headers[i][0], answer->headers[i][1]);
    }
    return good;
}

bool answering_send_response(struct MHD_Connection *connection, const struct http_answer *answer,
                             struct MHD_Response *response) {
    bool good = response != NULL && add_headers(response, answer) &&
                MHD_queue_response(connection, (unsigned)answer->status, response) == MHD_YES;
    if (response != NULL) {
        MHD_destroy_response(response); // the connection has it, until it has left
    }
    counter_add(&http_counters.requests, 1);
    return good;
}

// libmicrohttpd frees a body that was made, and does not change one that was not.
static struct MHD_Response *response_of(const struct http_answer *answer) {
    if (answer->body != NULL) {
        return MHD_create_response_from_buffer(answer->length, answer->body, MHD_RESPMEM_MUST_FREE);
    }
    size_t length = answer->fixed == NULL ? 0 : answer->length;
    const void *fixed = answer->fixed == NULL ? "" : answer->fixed;
    return MHD_create_response_from_buffer(length, (void *)(uintptr_t)fixed, MHD_RESPMEM_PERSISTENT);
}

bool answering_send(struct MHD_Connection *connection, struct http_answer *answer) {
    struct MHD_Response *response = response_of(answer);
    if (response == NULL) {
        free(answer->body);
    }
    answer->body = NULL;
    return answering_send_response(connection, answer, response);
}

static void write_line(const char *text, struct http_answer *answer) {
    int length = asprintf(&answer->body, "%s\n", text);
    answer->type = "text/plain; charset=utf-8";
    answer->body = length < 0 ? NULL : answer->body;
    answer->length = length < 0 ? 0 : (size_t)length;
}

bool answering_refuse(const struct http *http, const struct http_request *request,
                      struct request_refusal refusal) {
    const struct http_options *options = &http->options;
    struct http_answer answer = {.status = refusal.status};
    if (options->refuse == NULL) {
        write_line(refusal.text, &answer);
    } else {
        options->refuse(options->context, request, refusal.status, refusal.text, &answer);
    }
    if (refusal.status == MHD_HTTP_METHOD_NOT_ALLOWED) {
        answer.headers[0][0] = MHD_HTTP_HEADER_ALLOW;
        answer.headers[0][1] = "GET, HEAD";
    } else if (refusal.status == MHD_HTTP_SERVICE_UNAVAILABLE) {
        answer.headers[0][0] = MHD_HTTP_HEADER_RETRY_AFTER;
        answer.headers[0][1] = "5";
    }
    counter_add(&http_counters.requests_refused, 1);
    return answering_send(request->connection, &answer);
}
