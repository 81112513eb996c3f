// The winning number by an operator's order, once the draw is sealed: it is stored together with the winners,
// in one commit, and stays for ever.
#ifndef QUINIELA_LEDGER_NUMBER_H
#define QUINIELA_LEDGER_NUMBER_H

#include "base/error.h"
#include "ledger/order.h"

struct ledger;

// Carries out ORDER_DRAW. `already` when the draw was made with this very number. ERROR_NUMBER_FIXED,
// ERROR_NOT_SEALED, ERROR_NUMBER_STORED, ERROR_NEEDS_YES, ERROR_STORE_FAILED, ERROR_NO_MEMORY; of a signed
// draw also ERROR_NO_NUMBER, ERROR_KEPT_OTHER and ERROR_FORKED, what its number's proof lacks
// (number_proof.h), and errors of its folder.
bool number_carry_out(struct ledger *ledger, struct ledger_order *order, struct error *error) MUST_CHECK;

#endif
