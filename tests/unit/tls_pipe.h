// A connection in memory between two TLS sessions: it keeps what one says until the other is given it.
#ifndef QUINIELA_TESTS_TLS_PIPE_H
#define QUINIELA_TESTS_TLS_PIPE_H

#include "cmocka_all.h"

#include "tls/session.h"

#include <stdlib.h>
#include <string.h>

struct pipe {
    uint8_t bytes[64 * 1024];
    size_t length;
};

// Takes what a session says, for tls_session_new; `context` is the pipe.
static bool put(void *context, const uint8_t *bytes, size_t length) {
    struct pipe *pipe = context;
    assert_true(pipe->length + length <= sizeof pipe->bytes);
    memcpy(pipe->bytes + pipe->length, bytes, length);
    pipe->length += length;
    return true;
}

// Gives the session what is in the pipe. Returns how many plain bytes it decrypted.
static inline size_t pass(struct pipe *pipe, struct tls_session *session) {
    uint8_t room[1024];
    size_t plain = 0;
    ssize_t count;
    size_t length = pipe->length;
    uint8_t *bytes = malloc(length + 1);
    assert_non_null(bytes);
    memcpy(bytes, pipe->bytes, length);
    pipe->length = 0;
    tls_session_feed(session, bytes, length);
    while ((count = tls_session_read(session, room, sizeof room)) > 0) {
        plain += (size_t)count;
    }
    free(bytes);
    return plain;
}

#endif
