// The limits of the protocol (docs/protocol.md).
#ifndef QUINIELA_WIRE_LIMITS_H
#define QUINIELA_WIRE_LIMITS_H

#include "bet/limits.h"

#include <assert.h>

enum {
    FRAME_HEADER_BYTES = 4,
    MESSAGE_BYTES_MAX = 1024 * 1024,    // a message to the central, without its header
    REPLY_BYTES_MAX = 64 * 1024 * 1024, // a message to an agency, without its header: winners may be many
    SHOWN_SEAL_BYTES_MAX = 64 * 1024,   // of a seal's note that a message shows
    JSON_PADDING_BYTES = 64, // that must be readable after a message so that it can be parsed in place
};

static_assert(BET_TEXT_BYTES_MAX * 6 + 200 < MESSAGE_BYTES_MAX,
              "a bet fits a message even when all of it is escaped");
static_assert((int)MESSAGE_BYTES_MAX <= (int)CHUNK_BYTES_MAX, "no message holds more than a chunk may");

#endif
