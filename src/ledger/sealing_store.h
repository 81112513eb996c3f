// Signing and storing the seal of a draw that has none.
#ifndef QUINIELA_LEDGER_SEALING_STORE_H
#define QUINIELA_LEDGER_SEALING_STORE_H

#include "seal/hash.h"

#include "base/error.h"

struct ledger;

// Signs the seal of that root, and stores both in one group; when another server was quicker, its seal is
// read. Where the folder has another seal of this draw, none is signed: sealing.other is then that one, and
// the draw still has no root. False when something failed; *is_of_store says whether in the ledger's store.
// ERROR_KEPT_OTHER when the folder's seal.note is no seal of this draw; ERROR_NO_MEMORY; errors of the folder
// and the store.
bool sealing_store(struct ledger *ledger, const struct hash *root, bool *is_of_store,
                   struct error *error) MUST_CHECK;

#endif
