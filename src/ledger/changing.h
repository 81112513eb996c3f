// What was fixed at the opening of a draw, changed by an operator's order while it is open: how many agencies
// it waits for, its fixed number, its cut-off.
#ifndef QUINIELA_LEDGER_CHANGING_H
#define QUINIELA_LEDGER_CHANGING_H

#include "base/error.h"
#include "ledger/order.h"

struct ledger;

// Carries out ORDER_CHANGE. `already` when all of it was so before. ERROR_NOT_OPEN, ERROR_BAD_CHANGE,
// ERROR_NEEDS_YES, when it seals the draw; ERROR_STORE_FAILED, ERROR_NO_MEMORY.
bool changing_carry_out(struct ledger *ledger, struct ledger_order *order, struct error *error) MUST_CHECK;

#endif
