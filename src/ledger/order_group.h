// The group of an order that changes something: stored whole, in one commit, before it is answered.
#ifndef QUINIELA_LEDGER_ORDER_GROUP_H
#define QUINIELA_LEDGER_ORDER_GROUP_H

#include "base/error.h"
#include "ledger/order.h"

struct ledger;

// Puts into the open group what the order changes, or nothing; with what is stored then as it is in memory,
// or read within the group. A refusal is the answer's error, and no failure. Called again when the group
// could not be stored as another server was quicker, or the store was away: what is ordered may be so then,
// by another server or by the attempt before (order->unknown), and the answer begins anew. False when the
// store fails or memory runs out.
typedef bool (*order_change)(struct ledger *ledger, struct ledger_order *order, struct error *error);

// Stores what `change` puts, in as many attempts as it takes. False when it could not be stored:
// ERROR_STORE_FAILED, or ERROR_NO_MEMORY. Then nobody knows whether it was.
bool order_group_store(struct ledger *ledger, struct ledger_order *order, order_change change,
                       struct error *error) MUST_CHECK;

// What follows the end of the last agency, for who is to mean it: "the draw is sealed", and what else.
const char *order_group_seal_text(const struct ledger *ledger);

// Whether the draw has the agency that the order names; otherwise the answer says so.
bool order_group_has_agency(const struct ledger *ledger, struct ledger_order *order);

// Of a shared store, the draw in memory may be older than the stored one: ERROR_STORE_STALE then.
bool order_group_check_draw(struct ledger *ledger, struct error *error) MUST_CHECK;

// Within the group: of a shared store, no other server changes the draw until the group ends, and the draw in
// memory is the stored one, whose cut-off has not come. ERROR_STORE_STALE when it was not, or has.
bool order_group_lock_draw(struct ledger *ledger, struct error *error) MUST_CHECK;

// Behind the commit of a paper: reads those that there are, and shows them. When they cannot be read, the
// paper is stored all the same, and they are read once the store is opened again.
void order_group_read_papers(struct ledger *ledger);

#endif
