// Who has the ledger's thread next. The agencies have their turns one after the other, and of an agency the
// addresses (base/fair.h): who sends much waits for itself.
//
// A small message can have much read: bets that are compared with a huge stored chunk, or a list of what is
// stored, where neither is in memory. So before a request has its turn the ledger is asked what it costs
// (cost.h). One that is dear waits, with all that its agency and address have waiting behind it, in a second
// line. In it turns go by agency and address, too, but all who wait there have a quarter of the thread's time
// at most, while anybody has turns in the first.
#ifndef QUINIELA_LEDGER_TURN_H
#define QUINIELA_LEDGER_TURN_H

#include "base/queue.h"
#include "ledger/request.h"

struct ledger;
struct turns;

// Nobody waits yet; NULL when there is no memory. The caller frees it, when nobody waits any more. `ledger`
// must outlive it.
struct turns *turns_new(const struct ledger *ledger);
void turns_free(struct turns *turns); // or NULL

// Has requests, linked by node.next, wait for their turn. Without memory they come behind all others.
void turns_add(struct turns *turns, struct queue_node *arrived);

// How long until turns_take_group has somebody, in ms; -1: nobody waits.
int turns_wait_ms(const struct turns *turns);

// The next group, linked by node.next: bounded, so that what comes meanwhile has its turn soon. NULL when
// nobody waits who may have one now.
struct queue_node *turns_take_group(struct turns *turns);

// Any of those who wait; NULL when nobody does.
struct ledger_request *turns_take(struct turns *turns);

#endif
