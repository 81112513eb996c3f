// The agencies' rows of a sealed draw: what of them is in its tree.
#ifndef QUINIELA_PROVE_AGENCY_ROWS_H
#define QUINIELA_PROVE_AGENCY_ROWS_H

#include "seal/draw_entry.h"
#include "store/store.h"

struct agency_row {
    uint32_t agency;
    enum entry_state state;
    uint64_t bets;
};

struct agency_rows {
    struct agency_row *rows; // by agency; those that never came have none
    size_t count, max;
    uint64_t bets; // of all
};

// Reads them. ERROR_STORE_FAILED, ERROR_NO_MEMORY. Freed by the caller, also after a failure.
bool agency_rows_read(struct store *store, struct agency_rows *rows, struct error *error) MUST_CHECK;
void agency_rows_free(struct agency_rows *rows);

// The agency's, or one without bets, cut, for an agency that has none.
struct agency_row agency_rows_of(const struct agency_rows *rows, uint32_t agency);

#endif
