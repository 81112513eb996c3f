// An operator sets aside what an agency has sent, as it was the wrong file: the agency begins anew. Its bets
// are kept, and are no part of the draw (store.h: store_void_agency).
#ifndef QUINIELA_LEDGER_RESETTING_H
#define QUINIELA_LEDGER_RESETTING_H

#include "base/error.h"
#include "ledger/order.h"

struct ledger;

// Carries out ORDER_RESET. `already` when the agency has no bets and has not ended. ERROR_UNKNOWN_AGENCY,
// ERROR_NOT_OPEN, ERROR_NEEDS_YES, ERROR_STORE_FAILED, ERROR_NO_MEMORY.
bool resetting_carry_out(struct ledger *ledger, struct ledger_order *order, struct error *error) MUST_CHECK;

#endif
