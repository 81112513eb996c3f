// Answers, on their way to libmicrohttpd.
#ifndef QUINIELA_HTTP_ANSWERING_H
#define QUINIELA_HTTP_ANSWERING_H

#include "base/attributes.h"
#include "http/http_parts.h"
#include "http/request_parts.h"

#include <microhttpd.h>

// Answers, and frees the answer's body. False when there is no memory: the connection is to be closed.
bool answering_send(struct MHD_Connection *connection, struct http_answer *answer) MUST_CHECK;

// The same with a response whose body is made already; frees it. NULL is no memory.
bool answering_send_response(struct MHD_Connection *connection, const struct http_answer *answer,
                             struct MHD_Response *response) MUST_CHECK;

// The same, with the reason in the handler's form.
bool answering_refuse(const struct http *http, const struct http_request *request,
                      struct request_refusal refusal) MUST_CHECK;

#endif
