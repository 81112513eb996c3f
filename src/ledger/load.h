// Reading back the store: its contents count, whatever was in memory before.
#ifndef QUINIELA_LEDGER_LOAD_H
#define QUINIELA_LEDGER_LOAD_H

#include "base/error.h"

struct ledger;

enum { LOAD_ATTEMPTS_MAX = 5 }; // of a load, while other servers are quicker

// Reads everything back from the open store, and stores the changes of this start (terms.h). Drops an open
// group. Errors as terms_take; ERROR_STORE_FAILED, ERROR_STORE_AWAY; ERROR_STORE_STALE when other servers
// were quicker each time, or hold the draw.
bool load_all(struct ledger *ledger, struct error *error) MUST_CHECK;

// After a group that was not stored, as another server was quicker or as the store refused it: drops the
// group. Reads everything back if the draw has changed. Otherwise the agencies of the group must be doubted
// (known.h), and nothing else. Errors as load_all.
bool load_after_conflict(struct ledger *ledger, struct error *error) MUST_CHECK;

// Whether the draw's stored row differs from the one that was loaded.
bool load_has_changed(struct ledger *ledger, bool *changed, struct error *error) MUST_CHECK;

#endif
