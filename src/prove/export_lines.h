// Stored bets as lines of an export, as `quiniela export` writes them.
#ifndef QUINIELA_PROVE_EXPORT_LINES_H
#define QUINIELA_PROVE_EXPORT_LINES_H

#include "store/rows.h"

#include <stdio.h>

// Writes the chunk's bets: the agency and a row each, with quotes around fields that hold some (RFC 4180). A
// failure shows in `out`.
void export_lines_put(FILE *out, const struct stored_chunk *chunk);

#endif
