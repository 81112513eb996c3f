// A group of requests on its way through the ledger, from question to answer.
#ifndef QUINIELA_LEDGER_GROUP_H
#define QUINIELA_LEDGER_GROUP_H

#include "ledger/request.h"

struct ledger;

// Takes a group of requests (request.h), linked by node.next, GROUP_CHUNKS_MAX at most. Completes those of
// the group before; and its own, unless its commit is on its way when it returns.
void group_begin(struct ledger *ledger, struct queue_node *requests);

// Whether the commit of a group is on its way.
bool group_is_begun(const struct ledger *ledger);

// Completes the requests of the group whose commit is on its way, if there is one. Comes before anything else
// is done with the ledger.
void group_settle(struct ledger *ledger);

// Both: begins a group, and completes each of its requests.
void group_process(struct ledger *ledger, struct queue_node *requests);

#endif
