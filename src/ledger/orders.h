// Carries out what an operator orders (order.h): each kind has a file of its own.
#ifndef QUINIELA_LEDGER_ORDERS_H
#define QUINIELA_LEDGER_ORDERS_H

#include "ledger/order.h"

struct ledger;

// Carries out the order, and completes it. On the ledger's thread.
void order_carry_out(struct ledger *ledger, struct ledger_order *order);

#endif
