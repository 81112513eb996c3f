// The echo client: sends a line, reads it back, waits, and begins again; one connection a message.
#ifndef QUINIELA_AGENCY_ECHO_LOOP_H
#define QUINIELA_AGENCY_ECHO_LOOP_H

#include "agency/address.h"
#include "base/error.h"
#include "tls/context.h"

#include <stdint.h>

struct echo_loop_options {
    const char *client_id;      // as it stands in the messages
    struct addresses addresses; // of servers; any will do
    int64_t amount;             // messages, or -1: as many as the lapse has room for
    int64_t lapse_ms;           // ends after this time, or -1: not before the amount is reached
    int64_t period_ms;          // between a message's end and the next one's beginning
    struct tls_context *tls;    // NULL: plain
    uint64_t seed;              // for the waits after failures
};

// Runs until the amount is reached, the lapse has passed, or SIGTERM or SIGINT comes; logs everything on the
// way. A server that is not there is tried again. Returns false when a message came back different; `error`
// says which.
bool echo_loop_run(const struct echo_loop_options *options, struct error *error) MUST_CHECK;

#endif
