// The close: nothing more is taken from then on. The agencies that have not finished are cut off, and the
// draw is sealed with what is stored, in one commit.
#ifndef QUINIELA_LEDGER_CLOSING_H
#define QUINIELA_LEDGER_CLOSING_H

#include "base/error.h"
#include "ledger/order.h"

struct ledger;

// Carries out ORDER_CLOSE. `already` when the draw is not open any more. ERROR_NEEDS_YES, ERROR_STORE_FAILED,
// ERROR_NO_MEMORY.
bool closing_carry_out(struct ledger *ledger, struct ledger_order *order, struct error *error) MUST_CHECK;

#endif
