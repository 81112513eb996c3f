// Whether one stored chunk is as it was stored.
#ifndef QUINIELA_LEDGER_CHUNK_CHECK_H
#define QUINIELA_LEDGER_CHUNK_CHECK_H

#include "base/error.h"
#include "store/store.h"

// Whether the digest matches numbers and rows. The store has checked the chunk's numbers and place.
// ERROR_STORE_FAILED, naming agency and first, when it does not; ERROR_NO_MEMORY.
bool chunk_check_digest(const struct stored_chunk *chunk, struct error *error) MUST_CHECK;

// The same, and whether each line is a valid bet with the number stored beside it.
bool chunk_check(const struct stored_chunk *chunk, struct error *error) MUST_CHECK;

#endif
