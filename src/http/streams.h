// Streams of events that are open. Each asks for its next piece once the system has taken the one before, so
// a reader that does not read costs one piece.
#ifndef QUINIELA_HTTP_STREAMS_H
#define QUINIELA_HTTP_STREAMS_H

#include "base/attributes.h"
#include "http/http_parts.h"

// Answers a request with a stream, to which another gives way where there are too many; or says that there is
// no memory. *has_begun: it is a stream from now on.
// False: the connection is to be closed.
bool streams_begin(struct connection *connection, const struct http_request *request,
                   const struct http_answer *answer, bool *has_begun) MUST_CHECK;

// Asks the handler for what is next, for each stream that has had nothing to say; whom the turn has no time
// for is first the next time.
void streams_ask(struct http *http);

#endif
