// Whether all that was voided is there: the chunks of each reset follow one another from bet 0 on, and all of
// them add up to what the draw's row says.
#ifndef QUINIELA_LEDGER_VOIDED_CHECK_H
#define QUINIELA_LEDGER_VOIDED_CHECK_H

#include "base/error.h"
#include "store/rows.h"

#include <stdint.h>

// All zeros at the beginning.
struct voided_check {
    uint32_t agency, voiding; // whose chunks are coming
    uint64_t next;            // where the next of them begins
    uint64_t bets;            // in all chunks so far
};

// Takes the next chunk, in the order of store_voided. ERROR_STORE_FAILED, naming agency, reset and bets, when
// chunks before it are missing. The chunk counts all the same.
bool voided_check_take(struct voided_check *check, uint32_t voiding, const struct stored_chunk *chunk,
                       struct error *error) MUST_CHECK;

// Call after the last chunk of all agencies. ERROR_STORE_FAILED when they are not as many bets as the draw
// says.
bool voided_check_end(const struct voided_check *check, const struct stored_draw *draw,
                      struct error *error) MUST_CHECK;

#endif
