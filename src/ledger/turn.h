// Decides who gets the ledger's thread next. The agencies take turns, and within an agency its addresses
// (base/fair.h): heavy senders wait only for themselves.
//
// A small message can cause much reading: bets compared with a huge stored chunk, or a list of stored bets,
// when neither is in memory. So before a request gets its turn the ledger estimates its cost (cost.h). An
// expensive one waits in a second line, with everything that its agency and address have queued after it.
// Turns go by agency and address there, too. But all of that line together gets at most a quarter of the
// thread's time while anybody waits in the first.
#ifndef QUINIELA_LEDGER_TURN_H
#define QUINIELA_LEDGER_TURN_H

#include "base/queue.h"
#include "ledger/request.h"

struct ledger;
struct turns;

// An empty queue; NULL when out of memory. The caller frees it once it is empty again. `ledger` must outlive
// it.
struct turns *turns_new(const struct ledger *ledger);
void turns_free(struct turns *turns); // or NULL

// Queues requests, linked by node.next. Without memory they come after all others.
void turns_add(struct turns *turns, struct queue_node *arrived);

// How long until turns_take_group has a group, in ms; -1: nobody is waiting.
int turns_wait_ms(const struct turns *turns);

// The next group, linked by node.next. Its size is limited, so that requests arriving meanwhile get their
// turn soon. NULL when no waiting request may have a turn now.
struct queue_node *turns_take_group(struct turns *turns);

// Any waiting request; NULL when there is none.
struct ledger_request *turns_take(struct turns *turns);

#endif
