// A group of requests on its way through the ledger, from question to answer.
#ifndef QUINIELA_LEDGER_GROUP_H
#define QUINIELA_LEDGER_GROUP_H

#include "ledger/request.h"

struct ledger;

// Takes a group of requests (request.h), linked by node.next, GROUP_CHUNKS_MAX at most, and completes each
// of them.
void group_process(struct ledger *ledger, struct queue_node *requests);

#endif
