// One agency's row in the SQLite store's table of agencies, which does not count what waits in the inbox.
#ifndef QUINIELA_STORE_SQLITE_AGENCY_H
#define QUINIELA_STORE_SQLITE_AGENCY_H

#include "store/backend.h"

// Reads the row, unchecked; without one, *agency has no bets. *found is whether there is one; *is_open, that
// there is none, or that it is undamaged and of an agency that has not finished. ERROR_STORE_FAILED.
bool sqlite_agency_read(struct store *store, uint32_t number, struct stored_agency *agency, bool *found,
                        bool *is_open, struct error *error) MUST_CHECK;

#endif
