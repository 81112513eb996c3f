// The work that no request causes: making the draw, trying or reopening a failed store, and checking what
// other servers have done.
#ifndef QUINIELA_LEDGER_WORK_H
#define QUINIELA_LEDGER_WORK_H

#include <stdbool.h>

struct ledger;

// Whether there is work: the draw must be made, or made again after a failure; the store has failed; or it
// must be reopened to store which agencies have been told.
bool work_is_due(const struct ledger *ledger);

// Does it.
void work_do(struct ledger *ledger);

// Checks a shared store for changes by other servers: the draw was sealed or made, or everyone was told.
void work_look(struct ledger *ledger);

#endif
