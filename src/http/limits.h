// The caps of the HTTP server. More than these, nobody who reaches it can take.
#ifndef QUINIELA_HTTP_LIMITS_H
#define QUINIELA_HTTP_LIMITS_H

enum {
    HTTP_BACKLOG = 1024,            // connections that wait to be accepted; where it is full, they come late
    HTTP_SOCKETS_MAX = 4,           // that one server listens on
    HTTP_CONNECTIONS_MIN = 8,       // the least that connections_max may be
    HTTP_TICK_MS = 250,             // between two calls of tick
    HTTP_HEAD_BYTES_MAX = 8 * 1024, // of a request: its line and its headers
    HTTP_MEMORY_BYTES = 16 * 1024, // of a connection: the request's head, and what of an answer is on its way
    HTTP_REQUEST_MS_MAX = 10 * 1000, // from the last answer, or the connection's begin, until a whole request
    HTTP_IDLE_S_MAX = 10,            // in which nothing came, or none of an answer was taken
    HTTP_ANSWER_MS_MAX = 60 * 1000,  // for a whole answer
    HTTP_STREAM_IDLE_S_MAX = 60,     // in which none of a stream was taken
    HTTP_SMALL_BYTES = 16 * 1024,    // of an answer that is not counted among the large ones
    HTTP_TEXTS_BYTES_MAX = 32 * 1024 * 1024, // of all large answers, and pieces of streams, under way
    HTTP_HELD_MS = 5 * 1000,    // for which nobody is ended for the room that such an answer takes
    HTTP_ACCEPTED_AT_ONCE = 64, // connections, before those that are there have their turn
    HTTP_ARGUMENTS_MAX = 64,    // of a request: all have room in its memory
    HTTP_HEADERS_MAX = 4,       // that a handler adds to an answer
};

#endif
