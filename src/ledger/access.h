// A ledger's store: opened at the start, given up after a failure, and opened again.
#ifndef QUINIELA_LEDGER_ACCESS_H
#define QUINIELA_LEDGER_ACCESS_H

#include "base/error.h"

struct ledger;

// Opens the store and reads it back. On failure ledger->store is NULL.
bool access_open(struct ledger *ledger, struct error *error) MUST_CHECK;

// The same, unless it is open. A shared store that could be opened counts as good again (trial.h).
bool access_ensure(struct ledger *ledger, struct error *error) MUST_CHECK;

// Logs why, and closes the store; what it holds is found out by opening it again.
void access_give_up(struct ledger *ledger, const struct error *error);

#endif
