// The one place where a group's answers leave the ledger. (Requests still waiting when the worker stops
// belong to no group: worker.h.)
#ifndef QUINIELA_LEDGER_ACKNOWLEDGE_H
#define QUINIELA_LEDGER_ACKNOWLEDGE_H

#include "base/queue.h"

// THE RULE: a request answered as stored is stored. So call this only after the group's commit has
// succeeded, or after every answer that depends on it has become an error.
//
// Logs and counts the answers of a group of requests, linked by node.next. Then completes each request and
// so returns it to its submitter.
void acknowledge(struct queue_node *requests);

#endif
