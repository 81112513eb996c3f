// Commits of which nobody knows whether they were stored, as the store failed or its connection was lost
// behind them. The next load tells: what is stored exactly so was stored by this server.
//
// A seal and a draw are kept here, as they happen with whatever is under way. What an order changes beside
// them is kept with it (order.h).
#ifndef QUINIELA_LEDGER_UNKNOWN_H
#define QUINIELA_LEDGER_UNKNOWN_H

#include "store/rows.h"

#include <stdbool.h>
#include <stdint.h>

struct ledger;
struct ledger_order;

// A commit that seals the draw, or makes it of `bets` bets, has ended. When `done` it is stored: a seal is
// then to be told (in_hand.h). Otherwise `error` says why not: unless another server was quicker, it may be.
void unknown_end_seal(struct ledger *ledger, bool done, const struct error *error);
void unknown_end_draw(struct ledger *ledger, const struct stored_draw *drawn, uint64_t bets, bool done,
                      const struct error *error);

// The draw has been loaded. A seal that is stored is noted (in_hand.h), a draw is told.
void unknown_settle(struct ledger *ledger);

// Notes that what this attempt of the order changes may be stored, with the draw as it is in memory.
void unknown_note_order(const struct ledger *ledger, struct ledger_order *order, const struct error *error);

#endif
