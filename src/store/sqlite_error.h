// What SQLite says when it fails, for people.
#ifndef QUINIELA_STORE_SQLITE_ERROR_H
#define QUINIELA_STORE_SQLITE_ERROR_H

#include "base/error.h"

#include <sqlite3.h>

// Sets `error` to ERROR_STORE_FAILED: `path`, what cannot be done, SQLite's reason, and what an operator can
// do about it. Returns false.
bool sqlite_fail(sqlite3 *database, const char *path, const char *what, struct error *error);

#endif
