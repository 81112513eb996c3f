// The one place where the answers of a group leave the ledger. (What still waits when the worker stops has no
// group: worker.h.)
#ifndef QUINIELA_LEDGER_ACKNOWLEDGE_H
#define QUINIELA_LEDGER_ACKNOWLEDGE_H

#include "base/queue.h"

// THE RULE: a request that is answered as stored is stored. So this is called when the group's commit has
// succeeded, or every answer that rests on it has been turned into an error.
//
// Logs and counts the answers of a group of requests, linked by node.next, and then completes each request,
// which is its submitter's again.
void acknowledge(struct queue_node *requests);

#endif
