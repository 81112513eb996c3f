// Which bets are to be proved: one, or all of a person's.
#ifndef QUINIELA_PROVE_BET_PLACES_H
#define QUINIELA_PROVE_BET_PLACES_H

#include "base/error.h"
#include "store/rows.h"

enum { BET_PLACES_MAX = 10000 };

// The bets, by agency and index.
struct bet_places {
    struct bet_place {
        uint32_t agency;
        uint64_t bet; // from 0
    } * places;
    size_t count, max;
};

// Adds the bet that follows in that order. ERROR_BAD_SETTING when there are more than BET_PLACES_MAX;
// ERROR_NO_MEMORY.
bool bet_places_add(struct bet_places *places, uint32_t agency, uint64_t bet, struct error *error) MUST_CHECK;
void bet_places_free(struct bet_places *places);

// Adds the bets of the chunk whose document it is. Errors as above.
bool bet_places_search(struct bet_places *places, const char *document, const struct stored_chunk *chunk,
                       struct error *error) MUST_CHECK;

#endif
