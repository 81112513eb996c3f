// A request, as a handler sees it. Its texts are valid while it is being answered.
#ifndef QUINIELA_HTTP_REQUEST_H
#define QUINIELA_HTTP_REQUEST_H

#include <stdbool.h>

struct http_request;

// The path, decoded, without the query; begins with "/".
const char *http_request_path(const struct http_request *request);

// The value of the query's argument with that name, decoded; "" when it has none ("?a"). NULL: not given.
const char *http_request_argument(const struct http_request *request, const char *name);

// Whether it has an argument that is not among `known` (ended by NULL), or one that is given twice.
bool http_request_has_others(const struct http_request *request, const char *const *known);

#endif
