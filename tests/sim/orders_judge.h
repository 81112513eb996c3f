// Judges the operators' orders, from what each commit has stored and what each order is answered: what was
// answered is done and stays so; what was not is done whole or not at all; nothing is done twice, and nothing
// that nobody ordered.
#ifndef QUINIELA_TESTS_SIM_ORDERS_JUDGE_H
#define QUINIELA_TESTS_SIM_ORDERS_JUDGE_H

#include <stdbool.h>

struct durable;
struct ledger_order;

void orders_judge_begin(void);

// A commit is being made durable; before the oracle has taken it over.
void orders_judge_committed(const struct durable *durable);

// The ledger begins to carry out an order; it has completed it. `leaves`: the answer leaves the central,
// which is alive.
void orders_judge_begins(const struct ledger_order *order);
void orders_judge_completed(const struct ledger_order *order, bool leaves);

// A call of the store has failed.
void orders_judge_trouble(void);

// The store has been opened: whatever was in doubt is stored by now, or never.
void orders_judge_opened(void);

// An operator has the answer.
void orders_judge_answered(const struct ledger_order *order);

// Whether the draw is stored as made.
bool orders_judge_is_drawn(void);

#endif
