// The ledger's thread: takes waiting requests group by group, in turns (turn.h).
#ifndef QUINIELA_LEDGER_WORKER_H
#define QUINIELA_LEDGER_WORKER_H

#include "base/error.h"
#include "ledger/order.h"
#include "ledger/request.h"

struct ledger;
struct notice;
struct pulse;
struct worker;

// Starts a thread that works for `ledger`, which must outlive it and belongs to that thread alone. On
// success the caller owns *worker.
bool worker_start(struct ledger *ledger, struct worker **worker, struct error *error) MUST_CHECK;

// Hands over a request, from any thread. Returns false, and leaves the request with the caller, when the
// worker has been stopped.
bool worker_submit(struct worker *worker, struct ledger_request *request) MUST_CHECK;

// Hands over an order, from any thread: it is carried out after the current group, and after the orders that
// came before it. Returns false, and leaves the order with the caller, when the worker has been stopped.
bool worker_order(struct worker *worker, struct ledger_order *order) MUST_CHECK;

// What any thread may see of its work (pulse.h), until worker_free.
const struct pulse *worker_pulse(const struct worker *worker);

// What of a signed draw any thread may be shown (options.h); NULL: nothing.
struct notice *worker_notice(const struct worker *worker);

// Reports, from any thread, that another server may have changed the draw. The ledger checks immediately.
void worker_nudge(struct worker *worker);

// Stops taking requests and orders, finishes the current group, completes what waits with
// ERROR_SHUTTING_DOWN, and ends the thread. Submitting returns false from then on, until worker_free.
void worker_stop(struct worker *worker);

// Frees the worker (stopped before) and nulls the caller's pointer.
void worker_free(struct worker **worker);

#endif
