// The work that no request brings: the draw is made; a failed store is tried, or opened again; what other
// servers have done is looked at.
#ifndef QUINIELA_LEDGER_WORK_H
#define QUINIELA_LEDGER_WORK_H

#include <stdbool.h>

struct ledger;

// Whether there is any: the draw is to be made, or made again after a failure; the store has failed; or it is
// to be opened again for what agencies have been told.
bool work_is_due(const struct ledger *ledger);

// Does it.
void work_do(struct ledger *ledger);

// Looks at a shared store for what other servers have done: the draw was sealed, or made, or everyone was
// told.
void work_look(struct ledger *ledger);

#endif
