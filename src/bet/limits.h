// The limits of a bet, a chunk and a draw.
#ifndef QUINIELA_BET_LIMITS_H
#define QUINIELA_BET_LIMITS_H

#include <assert.h>

enum {
    // A bet.
    NAME_BYTES_MAX = 100,
    DOCUMENT_BYTES_MAX = 16,
    BET_NUMBER_MAX = 9999,
    BET_FIELDS = 5,
    BET_TEXT_BYTES_MAX = 512, // a whole bet, including its commas
    BET_TEXT_BYTES_MIN = 18,  // "a,b,1,2000-01-01,0"

    // A chunk.
    CHUNK_BYTES_MAX = 1024 * 1024, // as a message, with quotes and commas
    CHUNK_BETS_MAX =
        CHUNK_BYTES_MAX / (BET_TEXT_BYTES_MIN + 3) + 1, // in JSON a bet takes two quotes and a comma
    PIECES_LISTED_MAX = 1000,                           // stored chunks listed in one answer

    // A draw.
    AGENCIES_MAX = 10 * 1000 * 1000,
    DRAW_NAME_BYTES_MAX = 64,
};

static_assert(2 * NAME_BYTES_MAX + DOCUMENT_BYTES_MAX + 10 + 4 + BET_FIELDS - 1 <= BET_TEXT_BYTES_MAX,
              "every legal bet has room");

#endif
