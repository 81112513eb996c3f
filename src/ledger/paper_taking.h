// Orders about a draw's papers: one that is brought (ORDER_PAPER), and the seal as it is shown (ORDER_SEAL).
#ifndef QUINIELA_LEDGER_PAPER_TAKING_H
#define QUINIELA_LEDGER_PAPER_TAKING_H

#include "ledger/order.h"

struct ledger;

// Checks the paper against the rules and the seal, and stores it; the same one again is `already`. Then it is
// in the folder, and a cosignature is shown with the seal. False when the store fails.
bool paper_taking_carry_out(struct ledger *ledger, struct ledger_order *order,
                            struct error *error) MUST_CHECK;

// Answers with the seal's note, with the cosignatures that have come.
void paper_taking_show_seal(struct ledger *ledger, struct ledger_order *order);

#endif
