// The caps of what one client of the central may have under way.
#ifndef QUINIELA_SERVICE_LIMITS_H
#define QUINIELA_SERVICE_LIMITS_H

#include "net/limits.h"
#include "wire/limits.h"

#include <assert.h>

enum {
    ECHO_LINE_BYTES_MAX = 1024 * 1024, // of the echo service

    HELD_MAX = 16,                 // consultations of one connection that wait for the draw
    REQUESTS_OUTSTANDING_MAX = 16, // of one connection; then it is not read until one is answered
    LANE_WEIGHT_MAX = 16,   // messages of one agency from one address that a loop has given the ledger; each
    AGENCY_WEIGHT_MAX = 24, // 256 KiB of one count as another. And of the agency from all addresses
};

static_assert(2 * (int)MESSAGE_BYTES_MAX < (int)MEMORY_LOOP_MIN,
              "each loop has room for the largest message");
static_assert(REQUESTS_OUTSTANDING_MAX <= LANE_WEIGHT_MAX && LANE_WEIGHT_MAX <= AGENCY_WEIGHT_MAX,
              "one connection alone never waits for another agency's, or another address's turn");

#endif
