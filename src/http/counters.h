// What the HTTP server counts.
#ifndef QUINIELA_HTTP_COUNTERS_H
#define QUINIELA_HTTP_COUNTERS_H

#include "base/counters.h"

#define HTTP_COUNTERS(LINE)                                                                                  \
    LINE(COUNTER, requests, "requests", "HTTP requests that were answered, or refused with an answer")       \
    LINE(COUNTER, requests_refused, "requests",                                                              \
         "HTTP requests refused for their form, or for want of memory")                                      \
    LINE(COUNTER, connections, "connections", "HTTP connections that were accepted")                         \
    LINE(COUNTER, connections_evicted, "connections", "HTTP connections closed to make room for another")    \
    LINE(GAUGE, streams, "streams", "Streams of events that are open")

COUNTERS_DECLARE(http, HTTP_COUNTERS);

#endif
