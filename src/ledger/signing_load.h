// Reading back what is signed of the draw: from the store, and from the folder outside it.
#ifndef QUINIELA_LEDGER_SIGNING_LOAD_H
#define QUINIELA_LEDGER_SIGNING_LOAD_H

#include "base/error.h"

struct ledger;

// Of a load, once the draw's row has been read (`found`) and before its agencies' are: reads the rules that
// belong to it, and checks them with the key. A new draw gets its secret, where there is a key. Records that
// the folder has and the store lacks are taken from there, and the draw's terms with them: the store was
// restored from an older copy. ERROR_NOT_OUR_KEY, ERROR_FORKED, ERROR_STORE_FAILED when a stored record is
// not right; errors of the store and of the folder.
bool signing_load(struct ledger *ledger, bool found, struct error *error) MUST_CHECK;

#endif
