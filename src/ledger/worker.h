// The ledger's thread: takes what waits in the queue, group by group, and in turns (turn.h).
#ifndef QUINIELA_LEDGER_WORKER_H
#define QUINIELA_LEDGER_WORKER_H

#include "base/error.h"
#include "ledger/request.h"

struct ledger;
struct worker;

// Starts a thread that works for `ledger`, which must outlive it and is then that thread's alone. On success
// the caller owns *worker.
bool worker_start(struct ledger *ledger, struct worker **worker, struct error *error) MUST_CHECK;

// Hands over a request, for any thread. Returns false, and leaves the request with the caller, when the
// worker has been stopped.
bool worker_submit(struct worker *worker, struct ledger_request *request) MUST_CHECK;

// Says that another server may have changed the draw, for any thread: the ledger looks at once.
void worker_nudge(struct worker *worker);

// Stops taking requests, finishes the group in hand, completes what still waits with ERROR_SHUTTING_DOWN,
// and ends the thread. Submitting returns false from then on, until worker_free.
void worker_stop(struct worker *worker);

// Frees the worker (stopped before) and nulls the caller's pointer.
void worker_free(struct worker **worker);

#endif
