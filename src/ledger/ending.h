// The end of one agency, by an operator's order: it has no more bets, as if it had sent its last chunk.
#ifndef QUINIELA_LEDGER_ENDING_H
#define QUINIELA_LEDGER_ENDING_H

#include "base/error.h"
#include "ledger/order.h"

struct ledger;

// Carries out ORDER_FINISH. `already` when the agency has ended before. ERROR_UNKNOWN_AGENCY,
// ERROR_NEEDS_YES, ERROR_STORE_FAILED, ERROR_NO_MEMORY.
bool ending_carry_out(struct ledger *ledger, struct ledger_order *order, struct error *error) MUST_CHECK;

#endif
