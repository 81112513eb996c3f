// Whether one stored chunk is as it was stored.
#ifndef QUINIELA_LEDGER_CHUNK_CHECK_H
#define QUINIELA_LEDGER_CHUNK_CHECK_H

#include "base/error.h"
#include "store/store.h"

// Its digest is of its bets. The store has checked its numbers and its place. ERROR_STORE_FAILED, naming
// agency and first, when it is not; ERROR_NO_MEMORY.
bool chunk_check_digest(const struct stored_chunk *chunk, struct error *error) MUST_CHECK;

// And each of its lines is a bet, whose number is the one beside it. As above.
bool chunk_check(const struct stored_chunk *chunk, struct error *error) MUST_CHECK;

#endif
