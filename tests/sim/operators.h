// The operators, who give orders to the central (ledger/order.h): good ones and bad ones, at any moment, and
// again when they have no answer. They, or somebody else, also set the central's clock. In half of the
// worlds nobody does anything of that. All of it has random numbers of its own, so that it changes no other
// world.
#ifndef QUINIELA_TESTS_SIM_OPERATORS_H
#define QUINIELA_TESTS_SIM_OPERATORS_H

#include <stdbool.h>
#include <stdint.h>

// Decides what there is to do in the world of that seed, and what is fixed at the opening (plan.h). Call it
// after plan_make.
void operators_begin(uint64_t seed);

// Lets it begin.
void operators_start(void);
void operators_end(void);

// Whether there are any.
bool operators_are_there(void);

// Whether somebody has ordered other terms, so that the central is started without terms from then on.
bool operators_have_changed_terms(void);

// Gives every order once more, after the end.
void operators_come_again(void);

// Whether all orders are answered, and the draw is made.
bool operators_are_done(void);

// A number from 0 to bound - 1, for what only orders need.
uint32_t operators_below(uint32_t bound);

#endif
