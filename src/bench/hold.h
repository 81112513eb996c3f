// Many agencies that wait for the draw at the same time. Each has a connection to the central's port for
// consultations, with a question that the central holds. They use several loopback addresses, because one
// does not have enough ports.
#ifndef QUINIELA_BENCH_HOLD_H
#define QUINIELA_BENCH_HOLD_H

#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

struct hold;

struct hold_options {
    struct sockaddr_storage address; // of the central's port for consultations
    socklen_t address_length;
    uint32_t count;    // of consultations
    uint32_t agencies; // that ask in turn: 1, 2 …
};

struct hold_result {
    uint64_t first_ns, last_ns; // when the first and last answers were read
    uint64_t winners_bytes;     // of documents, in all answers
};

// Opens the connections and asks twice on each: first without waiting, which is answered immediately and
// shows that the central has read the questions, then waiting. Returns when the central holds all of them.
// ERROR_NETWORK, or ERROR_BAD_MESSAGE if the draw has already been made. On success the caller owns *hold.
bool hold_open(const struct hold_options *options, struct hold **hold, struct error *error) MUST_CHECK;

// Waits until every question is answered. Answers that arrived earlier are read now.
bool hold_collect(struct hold *hold, struct hold_result *result, struct error *error) MUST_CHECK;

// Closes the connections, frees the hold and nulls the caller's pointer. Does nothing if that is NULL.
void hold_close(struct hold **hold);

#endif
