// Who has the ledger's thread next. The agencies take turns, and within an agency its addresses
// (base/fair.h): whoever sends much waits for itself.
//
// A small message can cause much reading: bets that are compared with a huge stored chunk, or a list of what
// is stored, where neither is in memory. So before a request has its turn the ledger is asked what it costs
// (cost.h). An expensive one waits in a second line, with all that its agency and address have queued after
// it. Turns go by agency and address there, too, but all of that line together gets a quarter of the thread's
// time at most while anybody waits in the first.
#ifndef QUINIELA_LEDGER_TURN_H
#define QUINIELA_LEDGER_TURN_H

#include "base/queue.h"
#include "ledger/request.h"

struct ledger;
struct turns;

// An empty queue; NULL when there is no memory. The caller frees it once it is empty again. `ledger` must
// outlive it.
struct turns *turns_new(const struct ledger *ledger);
void turns_free(struct turns *turns); // or NULL

// Queues requests, linked by node.next. Without memory they come after all others.
void turns_add(struct turns *turns, struct queue_node *arrived);

// How long until turns_take_group has somebody, in ms; -1: nobody waits.
int turns_wait_ms(const struct turns *turns);

// The next group, linked by node.next: bounded, so that what comes meanwhile has its turn soon. NULL when
// nobody is waiting who may have a turn now.
struct queue_node *turns_take_group(struct turns *turns);

// Any request that waits; NULL when none does.
struct ledger_request *turns_take(struct turns *turns);

#endif
