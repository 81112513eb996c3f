// Sealing a signed draw. Once its intake has ended, the root of its tree is computed on a thread of its own
// (sealing_task.h); the ledger's thread stores it with the signed seal, once, and then every server keeps it
// in its folder and shows it (sealing_show.h). Only then is the draw made.
//
// A second seal of the draw is never signed where the folder has another one: that is recorded instead
// (fork.h).
#ifndef QUINIELA_LEDGER_SEALING_H
#define QUINIELA_LEDGER_SEALING_H

#include "base/error.h"

struct ledger;

// Whether there is something to be done for the draw's seal now: its computation is to be begun or has ended,
// or something could not be kept or stored.
bool sealing_is_due(const struct ledger *ledger);

// Whether something is to be done later, without anybody waking the ledger.
bool sealing_is_ahead(const struct ledger *ledger);

// Does what is due, with the store open. Errors of the store. What else goes wrong is logged, and tried again
// some time later.
bool sealing_go_on(struct ledger *ledger, struct error *error) MUST_CHECK;

// Records another seal that was found, if that is due, whether the store counts as good or not: it takes
// little room. What goes wrong is logged, and tried again some time later.
void sealing_record_other(struct ledger *ledger);

// Whether the draw may be made as far as its seal is concerned: it is not signed, or its seal is shown and
// the only one that is known. *error says why not: ERROR_NOT_SEALED, ERROR_FORKED.
bool sealing_lets_draw(const struct ledger *ledger, struct error *error);

// Tells the ledger's owner of the seal, once it is shown, the first time only (options.h: noted).
void sealing_tell(struct ledger *ledger);

// Has `wake` called, on any thread, when a computation has ended.
void sealing_on_end(struct ledger *ledger, void (*wake)(void *context), void *context);

// Any thread: whatever computes a seal ends soon, with ERROR_SEAL_STOPPED.
void sealing_interrupt(struct ledger *ledger);

// Ends a computation that is under way, and waits for that. Nobody is woken after this.
void sealing_stop(struct ledger *ledger);

// Stops, and frees what the ledger has of it.
void sealing_free(struct ledger *ledger);

#endif
