// The limits on what one client of the central may have in progress.
#ifndef QUINIELA_SERVICE_LIMITS_H
#define QUINIELA_SERVICE_LIMITS_H

#include "net/limits.h"
#include "wire/limits.h"

#include <assert.h>

enum {
    ECHO_LINE_BYTES_MAX = 1024 * 1024, // a line of the echo service

    HELD_MAX = 16,                 // consultations of one connection that may wait for the draw
    REQUESTS_OUTSTANDING_MAX = 16, // of one connection; at this limit it is not read until one is answered
    LANE_WEIGHT_MAX = 16,          // messages of one agency and address that one loop has with the ledger
    AGENCY_WEIGHT_MAX = 24,        // of one agency in all. In both, a message counts again for each 256 KiB
};

static_assert(2 * (int)MESSAGE_BYTES_MAX < (int)MEMORY_LOOP_MIN,
              "each loop has room for the largest message");
static_assert(REQUESTS_OUTSTANDING_MAX <= LANE_WEIGHT_MAX && LANE_WEIGHT_MAX <= AGENCY_WEIGHT_MAX,
              "one connection alone never waits for another agency's, or another address's turn");

#endif
