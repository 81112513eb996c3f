// A ledger's store: opened at startup, given up after a failure, and reopened.
#ifndef QUINIELA_LEDGER_ACCESS_H
#define QUINIELA_LEDGER_ACCESS_H

#include "base/error.h"

struct ledger;

// Opens the store and reads it back. On failure ledger->store is NULL.
bool access_open(struct ledger *ledger, struct error *error) MUST_CHECK;

// As access_open; does nothing if the store is open. A shared store that could be opened counts as good
// again (trial.h).
bool access_ensure(struct ledger *ledger, struct error *error) MUST_CHECK;

// Closes the store, which cannot be reached or read back at the moment. access_ensure reopens it.
void access_lose(struct ledger *ledger);

// Logs the error and closes the store. Only reopening it shows what it holds.
void access_give_up(struct ledger *ledger, const struct error *error);

#endif
