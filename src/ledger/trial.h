// Whether the store is good again after a failure. It counts as good only once something has been stored. A
// store on a full disk can still be opened and read, and may take a small commit but no chunk. Chunks from
// agencies are tried as they come. While nobody sends, or somebody only asks, the ledger tries by itself, and
// asks for clearly more room than a chunk needs: else it would be called good between any two that it
// refuses. Nor does another seal of the draw prove anything of room (order.h: proves_no_room).
#ifndef QUINIELA_LEDGER_TRIAL_H
#define QUINIELA_LEDGER_TRIAL_H

#include "base/error.h"
#include "base/queue.h"

struct ledger;

// A group of requests could not be stored: notes its size, for trial_make.
void trial_note_failed(struct ledger *ledger, const struct queue_node *group);

// The store has failed with that error: from now on it must prove that it is good. Counted once until
// something is stored, however often it is tried meanwhile.
void trial_begin(struct ledger *ledger, const struct error *error);

// Takes the store to be good without a trial, and logs that.
void trial_skip(struct ledger *ledger);

// Whether the store has failed for want of room. Of a shared one nothing else needs a trial: a database that
// answers counts as working.
bool trial_is_of_room(const struct ledger *ledger);

// Whether the last trial of a shared store was less than two seconds ago. What it wrote is the database's to
// clear away, and all its servers try.
bool trial_is_too_soon(const struct ledger *ledger);

// Something has been stored: if the store had failed, it is good again, and this is logged.
void trial_passed(struct ledger *ledger);

// With the store open and no group begun. Unless the store is good: tests whether twice as many bytes as
// failed could be stored, and 64 KiB at least, and stores the draw's row unchanged, if no other server has
// it, too. It asks for twice as many again when a group failed although a trial had passed.
// ERROR_STORE_FAILED, also when it is too soon.
bool trial_make(struct ledger *ledger, struct error *error) MUST_CHECK;

// Whether a request of the group asks whether the store works, with a chunk without bets (`quiniela ping`).
bool trial_is_asked(const struct queue_node *group);

#endif
