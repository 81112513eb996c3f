// The terms of a draw, how many agencies it waits for and which number wins: those that are stored, or those
// that a server is started with. A draw that has begun keeps its own, so that a forgotten flag at a restart
// cannot seal it, nor have another number win.
#ifndef QUINIELA_LEDGER_TERMS_H
#define QUINIELA_LEDGER_TERMS_H

#include "base/error.h"

struct ledger;

// Of the first load, once the draw's row (`found`: there is one) and its agencies' have been read: decides
// between what is stored and what the settings of this start say. ERROR_BAD_SETTING, with `field` set, when
// they do not go together; what to type instead is in the text. ERROR_NO_MEMORY.
bool terms_take(struct ledger *ledger, bool found, struct error *error) MUST_CHECK;

#endif
