// Checks that one stored chunk is unchanged.
#ifndef QUINIELA_LEDGER_CHUNK_CHECK_H
#define QUINIELA_LEDGER_CHUNK_CHECK_H

#include "base/error.h"
#include "store/store.h"

// Checks the digest against numbers and rows. The store has already checked the chunk's numbers and place.
// ERROR_STORE_FAILED, naming agency and first, when the digest does not match; ERROR_NO_MEMORY.
bool chunk_check_digest(const struct stored_chunk *chunk, struct error *error) MUST_CHECK;

// As above, and checks that each line is a valid bet with the number stored beside it.
bool chunk_check(const struct stored_chunk *chunk, struct error *error) MUST_CHECK;

#endif
