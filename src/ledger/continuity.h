// Whether all chunks of a store are there. Each agency's chunks must follow one another without a gap, and
// add up to as many bets as the agency's row says.
#ifndef QUINIELA_LEDGER_CONTINUITY_H
#define QUINIELA_LEDGER_CONTINUITY_H

#include "base/error.h"
#include "store/store.h"

#include <stdint.h>

struct continuity;

// Reads the agencies' rows: all of them, or only one when `agency` is not 0. On success the caller owns
// *continuity and frees it.
bool continuity_new(struct store *store, uint32_t agency, struct continuity **continuity,
                    struct error *error) MUST_CHECK;

void continuity_free(struct continuity *continuity);

// Takes the next chunk, in the order of agency and first. ERROR_STORE_FAILED, naming agency and bets, when
// chunks before it are missing or it overlaps another one. The chunk counts all the same: the next one is
// judged from its end.
bool continuity_take(struct continuity *continuity, const struct stored_chunk *chunk,
                     struct error *error) MUST_CHECK;

// Call after the last chunk. ERROR_STORE_FAILED, naming the first agency with missing bets.
bool continuity_end(struct continuity *continuity, struct error *error) MUST_CHECK;

// Sets `error` and returns false: bets `from` up to, but not including, `to` of the agency are missing.
bool continuity_missing(uint32_t agency, uint64_t from, uint64_t to, struct error *error);

// As above: the chunk overlaps another one, or lies where the agency has no bets.
bool continuity_misplaced(const struct stored_chunk *chunk, struct error *error);

#endif
