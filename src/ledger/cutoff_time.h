// When a draw's cut-off is, and what time it is for one that is given.
#ifndef QUINIELA_LEDGER_CUTOFF_TIME_H
#define QUINIELA_LEDGER_CUTOFF_TIME_H

#include "base/error.h"

#include <stdbool.h>
#include <time.h>

struct ledger;

// Whether the draw has a cut-off ahead, so that cutoff_keep is to be called now and then. One
// without agencies has none: nobody sends, and there is nothing to seal.
bool cutoff_is_ahead(const struct ledger *ledger);

// What time it is for a cut-off that is given now: by this server's clock, or by the database's where the
// store is shared. The store is open. False when it fails.
bool cutoff_now(struct ledger *ledger, time_t *now, struct error *error) MUST_CHECK;

// Within a group that holds the draw's row in a shared store: false with ERROR_STORE_STALE when the draw is
// open and its cut-off has come by the database's clock. The group starts over, and the draw is closed first.
bool cutoff_is_before(struct ledger *ledger, struct error *error) MUST_CHECK;

#endif
