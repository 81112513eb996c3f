// The echo client: sends a line, reads it back, waits, and starts over, with a new connection for each
// message.
#ifndef QUINIELA_LINK_ECHO_LOOP_H
#define QUINIELA_LINK_ECHO_LOOP_H

#include "agency/address.h"
#include "base/error.h"
#include "tls/context.h"

#include <stdint.h>

struct echo_loop_options {
    const char *client_id;      // as it appears in the messages
    struct addresses addresses; // of servers, any of which may be used
    int64_t amount;             // messages, or -1: as many as fit the lapse
    int64_t lapse_ms;           // ends after this time, or -1: only when the amount is reached
    int64_t period_ms;          // between the end of a message and the next one
    struct tls_context *tls;    // NULL: plain
    uint64_t seed;              // for backing off
};

// Runs until the amount is reached, the lapse has passed, or SIGTERM or SIGINT comes, and logs what happens.
// Retries a server that cannot be reached. Returns false when a message came back different; `error` says
// which.
bool echo_loop_run(const struct echo_loop_options *options, struct error *error) MUST_CHECK;

#endif
