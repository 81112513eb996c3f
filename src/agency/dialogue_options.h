// What an agency sends, to whom, and how: set once, read by the dialogue and all its parts.
#ifndef QUINIELA_AGENCY_DIALOGUE_OPTIONS_H
#define QUINIELA_AGENCY_DIALOGUE_OPTIONS_H

#include "agency/address.h"
#include "agency/reader.h"
#include "bet/chunk.h"

#include <stdbool.h>
#include <stdint.h>

struct promises;

struct dialogue_options {
    uint32_t agency;
    struct addresses bets, consult; // of the central's servers
    bool has_consult;               // false: asks for the winners on the bets connection
    struct reader *reader;          // where the bets come from; owned by the caller. NULL:
    const struct chunk *single;     // this one bet instead; owned by the caller
    uint32_t chunk_size;            // maximum number of bets in a chunk
    uint32_t window;                // maximum number of unacknowledged chunks
    bool poll; // asks for the winners repeatedly instead of letting the central hold the question
    // Keeps the winning documents, which are joined by commas, and says so in the error if it cannot. NULL:
    // nobody keeps them.
    bool (*keep_winners)(void *context, const char *documents, size_t length, struct error *error);
    void *keep_context;
    struct promises
        *promises; // what the central signs is checked and kept; owned by the caller. NULL: nothing
    uint32_t answer_timeout_ms; // for answers that the central can give at once; 0: no timeout
    uint64_t seed;              // for the random waits
};

#endif
