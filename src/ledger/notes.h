// The events that a ledger reports to its opener (options.h).
#ifndef QUINIELA_LEDGER_NOTES_H
#define QUINIELA_LEDGER_NOTES_H

#include "ledger/options.h"

struct ledger;

// Reports an event for the audit log, once it is stored.
void notes_tell(const struct ledger *ledger, const struct ledger_note *note);

// If the draw has been sealed, and nobody was told yet: reports it.
void notes_tell_seal(struct ledger *ledger);

// This server has made the draw, of `bets` bets: logs and reports it.
void notes_tell_made(const struct ledger *ledger, uint64_t bets);

// Once the draw is made and its winners are here, and the result of a signed one is kept and shown: reports
// it, the first time only. Until then nobody hears of the winners.
void notes_tell_drawn(struct ledger *ledger);

// Once every agency has been told its winners and that is stored: reports it, the first time only.
void notes_tell_if_all_told(struct ledger *ledger);

#endif
