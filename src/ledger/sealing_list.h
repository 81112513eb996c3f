// The list of what a seal's tree holds (seal.json): written while the tree is computed, and kept in the
// draw's folder once its root is the stored one.
#ifndef QUINIELA_LEDGER_SEALING_LIST_H
#define QUINIELA_LEDGER_SEALING_LIST_H

#include "base/error.h"

struct ledger;

// Opens sealing.list, to be written by the computation; where there is no folder, it goes nowhere. Ended by
// sealing_list_keep or sealing_list_drop. ERROR_NO_MEMORY, errors of the folder.
bool sealing_list_begin(struct ledger *ledger, struct error *error) MUST_CHECK;

// Gives it its name in the folder. ERROR_KEPT_OTHER when another one is there: that one stays. Errors of the
// folder.
bool sealing_list_keep(struct ledger *ledger, struct error *error) MUST_CHECK;

// Removes one that was begun and not kept, if any.
void sealing_list_drop(struct ledger *ledger);

// Whether the folder has one. Where there is no folder, none is wanted once the root is stored.
bool sealing_list_is_kept(const struct ledger *ledger);

#endif
