// Erasing a draw in SQLite.
#ifndef QUINIELA_STORE_SQLITE_ERASE_H
#define QUINIELA_STORE_SQLITE_ERASE_H

#include "store/backend.h"

// Operations of backend.h.
bool sqlite_erase(struct store *store, struct error *error) MUST_CHECK;
bool sqlite_scrub(const char *path, struct error *error) MUST_CHECK;

#endif
