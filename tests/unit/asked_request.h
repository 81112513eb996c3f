// A request as a handler sees it, without a server of HTTP. Its functions take the place of those of http/,
// so one file of a program includes this.
#ifndef QUINIELA_TESTS_ASKED_REQUEST_H
#define QUINIELA_TESTS_ASKED_REQUEST_H

#include "http/request.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct http_request {
    const char *path;
    const char *names[4], *values[4];
};

const char *http_request_path(const struct http_request *request) {
    return request->path;
}

const char *http_request_argument(const struct http_request *request, const char *name) {
    for (size_t i = 0; i < 4 && request->names[i] != NULL; i++) {
        if (strcmp(request->names[i], name) == 0) {
            return request->values[i];
        }
    }
    return NULL;
}

bool http_request_has_others(const struct http_request *request, const char *const *known) {
    for (size_t i = 0; i < 4 && request->names[i] != NULL; i++) {
        size_t k = 0;
        while (known[k] != NULL && strcmp(known[k], request->names[i]) != 0) {
            k++;
        }
        if (known[k] == NULL || http_request_argument(request, request->names[i]) != request->values[i]) {
            return true;
        }
    }
    return false;
}

#endif
