// Another seal of the draw has been seen: that is stored, and from then on no server draws it.
#ifndef QUINIELA_LEDGER_FORK_H
#define QUINIELA_LEDGER_FORK_H

#include "base/error.h"
#include "seal/slice.h"

struct ledger;

// Stores the note of the other seal with the draw, unless it is there already, and tells of it. The caller
// has seen that it is one (sealing_show.h: sealing_reads). False when it could not be stored.
bool fork_record(struct ledger *ledger, struct slice note, struct error *error) MUST_CHECK;

// The same for the seal that was found in the folder, or was shown early, if it is not recorded.
bool fork_record_found(struct ledger *ledger, struct error *error) MUST_CHECK;

// An agency shows a seal: when it is another one of this draw, rightly signed, it is recorded. *error is then
// ERROR_FORKED, or says why it could not be stored; otherwise it stays. Before this server has the draw's
// seal it is kept in memory, and recorded when it turns out to be another one; ERROR_NO_MEMORY.
void fork_take_shown(struct ledger *ledger, struct slice note, struct error *error);

// Whether one has been seen, recorded or not. *error says so (ERROR_FORKED).
bool fork_is_known(const struct ledger *ledger, struct error *error);

#endif
