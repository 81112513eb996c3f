// Erasing the personal data of one draw.
#ifndef QUINIELA_STORE_ERASE_H
#define QUINIELA_STORE_ERASE_H

#include "base/error.h"

// Erases all bets of the draw, filed, waiting and voided, and its winners' documents, for good: also from the
// pages of a file that they have left. The rows of the draw and its agencies stay, with all counts, and that
// of each winner; the draw says when it was erased. Called again, it does what was not done. No server may
// use a store that is not shared. ERROR_STORE_FAILED when there is no such draw. If only the last part has
// failed, the error says so.
bool store_erase_draw(const char *address, const char *draw, struct error *error) MUST_CHECK;

#endif
