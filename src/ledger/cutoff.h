// The cut-off: once it has come, the ledger closes the draw by itself, before it takes anything more.
#ifndef QUINIELA_LEDGER_CUTOFF_H
#define QUINIELA_LEDGER_CUTOFF_H

#include "base/error.h"

#include <stdbool.h>

struct ledger;

// Closes the draw if it is open and its cut-off has come: by this server's clock (cutoff_clock.h), or by the
// database's where the store is shared. False when the store fails.
bool cutoff_keep(struct ledger *ledger, struct error *error) MUST_CHECK;

// As cutoff_keep, between groups. Of a shared store nothing is asked then: work_look does.
void cutoff_keep_meanwhile(struct ledger *ledger);

#endif
