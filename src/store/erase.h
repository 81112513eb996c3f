// Erasing the personal data of one draw.
#ifndef QUINIELA_STORE_ERASE_H
#define QUINIELA_STORE_ERASE_H

#include "base/error.h"
#include "store/rows.h"

// Whether its bets take part no more: it is drawn, or was erased before. If not, ERROR_STORE_FAILED says its
// state and what comes first. `name` is the draw's.
bool store_may_be_erased(const char *name, const struct stored_draw *draw, struct error *error) MUST_CHECK;

// Erases all bets of the draw, filed, waiting and voided, and its winners' documents, for good: also from the
// pages of a file that they have left. The rows of the draw and its agencies stay, with all counts, and that
// of each winner; the draw says when it was erased. Called again, it does what was not done. No server may
// use a store that is not shared. ERROR_STORE_FAILED when there is no such draw, or it is
// not drawn, whether a server runs or not. If only the last part has
// failed, the error says so.
bool store_erase_draw(const char *address, const char *draw, struct error *error) MUST_CHECK;

#endif
