// Messages for people about SQLite's failures.
#ifndef QUINIELA_STORE_SQLITE_ERROR_H
#define QUINIELA_STORE_SQLITE_ERROR_H

#include "base/error.h"

#include <sqlite3.h>

// Sets `error` to ERROR_STORE_FAILED: `path`, the action that failed, SQLite's reason, and advice for the
// operator. Returns false.
bool sqlite_fail(sqlite3 *database, const char *path, const char *what, struct error *error);

// The same of a result that the database itself does not remember, as that of one of its files' own
// functions.
bool sqlite_fail_as(int code, const char *path, const char *what, struct error *error);

#endif
