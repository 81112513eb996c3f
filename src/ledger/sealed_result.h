// What the server signs of a draw that it makes: seal, number, and how many bets have won.
#ifndef QUINIELA_LEDGER_SEALED_RESULT_H
#define QUINIELA_LEDGER_SEALED_RESULT_H

#include "store/rows.h"

struct ledger;
struct store;

// Whether the draw may have this number, as far as the folder knows: a store that was put back from a copy
// does not make another result forgotten. ERROR_NUMBER_STORED when it has one with another number,
// ERROR_KEPT_OTHER when its result.note is no result of this draw's seal: the draw's own could not be kept,
// and nobody would be told the winners of a number that stays. ERROR_NO_MEMORY; errors of the folder. True
// for a draw that is not signed.
bool sealed_result_may_be(const struct ledger *ledger, uint16_t number, struct error *error) MUST_CHECK;

// Within the group that stores the winners of `drawn`, as many as that: signs the result and adds it. Does
// nothing for a draw that is not signed.
bool sealed_result_put(struct ledger *ledger, const struct stored_draw *drawn, uint64_t winners,
                       struct error *error) MUST_CHECK;

#endif
