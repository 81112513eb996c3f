// What a start would make of the stored terms of a draw, without a ledger.
#ifndef QUINIELA_LEDGER_TERMS_PREVIEW_H
#define QUINIELA_LEDGER_TERMS_PREVIEW_H

#include "ledger/options.h"

// Decides as terms_take does. `found` is the draw's row, NULL where it has none, and `totals` its agencies'
// rows. On success *draw has the terms that the start would go on with. Only the terms' fields of `options`
// are read; nothing is stored. Errors as terms_take; ERROR_STORE_FAILED when the draw was erased.
bool terms_preview(const struct ledger_options *options, const struct stored_draw *found,
                   const struct stored_totals *totals, struct stored_draw *draw,
                   struct error *error) MUST_CHECK;

#endif
