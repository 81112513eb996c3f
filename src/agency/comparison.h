// Compares the central's list of stored pieces with the agency's own file, piece by piece: only digests
// travel. A client that skipped the stored bets without comparing them would report success even if they
// were another file's.
#ifndef QUINIELA_AGENCY_COMPARISON_H
#define QUINIELA_AGENCY_COMPARISON_H

#include "agency/reader.h"
#include "base/error.h"
#include "bet/chunk.h"

#include <stddef.h>
#include <stdint.h>

struct comparison;

// Makes a comparison with the bets of `reader`, which must outlive it. Call comparison_take first. NULL when
// out of memory. The caller frees it.
struct comparison *comparison_new(struct reader *reader);
void comparison_free(struct comparison *comparison); // or NULL

// Copies a list of pieces, which replaces the previous one. Bet `from` must be in the first piece, and each
// piece must begin where the one before ends. Otherwise ERROR_BAD_MESSAGE.
bool comparison_take(struct comparison *comparison, uint64_t from, const struct piece *pieces, size_t count,
                     struct error *error) MUST_CHECK;

// Compares for a short time. *same_until is the end of the bets known to be the same; *more tells whether
// any of the list is left. ERROR_CONFLICT, with the file and the lines, when the file has other bets, or
// fewer; ERROR_BAD_BET for a line that is not a bet; ERROR_SYSTEM, ERROR_NO_MEMORY.
bool comparison_step(struct comparison *comparison, uint64_t *same_until, bool *more,
                     struct error *error) MUST_CHECK;

#endif
