// The winners that a central has told, held against the agency's own bets: those on the number that the
// central has signed, in the order of the agency's bets. The file is read once more, as a stream.
#ifndef QUINIELA_AGENCY_TOLD_WINNERS_H
#define QUINIELA_AGENCY_TOLD_WINNERS_H

#include "agency/reader.h"
#include "base/error.h"
#include "bet/bet.h"
#include "bet/chunk.h"

#include <stdbool.h>
#include <stdint.h>

struct told_winners;

// Against what they are held.
struct own_bets {
    struct reader *reader;      // one that was checked; NULL:
    const struct chunk *single; // this one bet instead
    uint64_t count;             // the first so many bets take part in the draw
    uint16_t number;            // that was drawn, as the central has signed it
    uint64_t winners;           // in the whole draw, likewise
};

// Copies `documents`, which are joined by commas. What `own` points to must outlive it. ERROR_NO_MEMORY. On
// success the caller frees *told.
bool told_winners_new(const struct own_bets *own, struct bet_slice documents, struct told_winners **told,
                      struct error *error) MUST_CHECK;

// Frees it, and nulls the caller's pointer; NULL is fine.
void told_winners_free(struct told_winners **told);

// The documents; owned by `told`.
struct bet_slice told_winners_documents(const struct told_winners *told);

// How many of the agency's bets were found among them so far.
uint64_t told_winners_found(const struct told_winners *told);

// Looks at more bets, for a short time. *more tells whether any are left. ERROR_FALSE_CLAIM when a document
// is told that has not won, or one is left out, or they are told in another order, or the agency alone has
// more winners than the whole draw: the text names the document and the line. ERROR_CONFLICT when the file
// has changed; ERROR_BAD_BET, ERROR_SYSTEM as of the reader.
bool told_winners_step(struct told_winners *told, bool *more, struct error *error) MUST_CHECK;

#endif
