// The work that no request causes: making the draw, trying or reopening a failed store, and checking what
// other servers have done.
#ifndef QUINIELA_LEDGER_WORK_H
#define QUINIELA_LEDGER_WORK_H

#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

struct ledger;

// Whether there is work: the draw's seal is to be computed, stored or shown (sealing.h); the draw must be
// made, or made again after a failure; the store has failed; or it must be reopened to store which agencies
// have been told.
bool work_is_due(const struct ledger *ledger);

// Whether there is some that other servers of the store are to know of at once: another seal was found.
bool work_is_urgent(const struct ledger *ledger);

// Whether there will be some after a while, without anybody waking the ledger.
bool work_is_ahead(const struct ledger *ledger);

// Makes the draw of a sealed draw with this number, which is stored with it. Errors as of the store.
// ERROR_STORE_STALE: another server is making it, or has made it.
bool work_draw(struct ledger *ledger, uint16_t number, struct error *error) MUST_CHECK;

// Does it.
void work_do(struct ledger *ledger);

// Checks a shared store for changes by other servers: the draw was sealed or made, or everyone was told.
void work_look(struct ledger *ledger);

#endif
