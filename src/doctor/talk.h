// One question and its answer on a connection, plain or TLS, for a limited time.
#ifndef QUINIELA_DOCTOR_TALK_H
#define QUINIELA_DOCTOR_TALK_H

#include "tls/session.h"
#include "wire/reply.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum talk_state {
    TALK_OPEN,
    TALK_LATE,        // nothing came in time
    TALK_CLOSED,      // the other side has ended the connection
    TALK_TLS_FAILED,  // see `failure`
    TALK_SPEAKS_TLS,  // plain text was sent, and TLS came
    TALK_SPEAKS_HTTP, // or HTTP
    TALK_BAD_ANSWER,  // what came is no message of a central
    TALK_NO_MEMORY,
};

struct talk {
    enum talk_state state;
    enum tls_failure failure;
    bool is_unwelcome; // the other side does not accept our certificate
    char reason[TLS_REASON_BYTES];
    // Its own.
    int socket;
    struct tls_session *session; // or NULL
    uint64_t until_ms;           // steady
    uint8_t *bytes;
    size_t length, consumed, room;
};

// Begins to talk on a connected socket, which stays the caller's, until `until_ms` (clock_steady_ms); with
// TLS, shakes hands with `host`. Returns whether it is open. talk_end follows, whatever came of it.
bool talk_begin(struct talk *talk, int socket, struct tls_context *tls, const char *host, uint64_t until_ms);

// Sends a frame and waits for the answer to it, decoded by `decoder`: valid until the decoder is used again.
// Returns whether one came; otherwise `state` says why not.
bool talk_ask(struct talk *talk, const uint8_t *frame, size_t length, struct message_decoder *decoder,
              struct reply *reply);

void talk_end(struct talk *talk);

#endif
