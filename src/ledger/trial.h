// Whether the store is good again after a failure. It counts as good only when something has been stored: a
// full disk lets it be opened and read, and takes a small commit where there is no room for a chunk. What
// agencies send is tried as it comes; while nobody sends, or somebody only asks, the ledger tries by itself.
#ifndef QUINIELA_LEDGER_TRIAL_H
#define QUINIELA_LEDGER_TRIAL_H

#include "base/error.h"
#include "base/queue.h"

struct ledger;

// A group of requests could not be stored: notes how much it was, for trial_make.
void trial_note_failed(struct ledger *ledger, const struct queue_node *group);

// The store has failed: from now on it must show that it is good.
void trial_begin(struct ledger *ledger);

// Takes the store to be good without a trial, and logs that it is.
void trial_skip(struct ledger *ledger);

// Something has been stored: if the store had failed, it is good again, and the log says so.
void trial_passed(struct ledger *ledger);

// With the store open and no group begun: unless the store is good, tries whether as much as what failed
// could be stored, and stores the draw's row as it is. ERROR_STORE_FAILED.
bool trial_make(struct ledger *ledger, struct error *error) MUST_CHECK;

// Whether somebody in the group asks whether the store works, by a chunk without bets (`quiniela ping`).
bool trial_is_asked(const struct queue_node *group);

#endif
