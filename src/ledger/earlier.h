// The group before the one in hand, while its commit is on its way: its answers wait for that of the commit.
#ifndef QUINIELA_LEDGER_EARLIER_H
#define QUINIELA_LEDGER_EARLIER_H

#include "base/error.h"
#include "ledger/request.h"

struct ledger;

// Takes the requests of a group whose commit has just been begun. There is no other.
void earlier_keep(struct ledger *ledger, struct queue_node *requests);

// Whether there is one.
bool earlier_is_there(const struct ledger *ledger);

// Waits for its commit, unless that is known already, or there is none. Comes before anything is read from
// the store, or committed. On failure `error` is the commit's, each time, and all that was decided since is
// void.
bool earlier_wait(struct ledger *ledger, struct error *error) MUST_CHECK;

// Hands back its requests, once its commit is known; NULL if there is none. From here on there is none.
struct queue_node *earlier_take(struct ledger *ledger);

#endif
