// The log that SQLite finds beside a database when opening it, and the checks that SQLite leaves out.
#ifndef QUINIELA_STORE_SQLITE_LOG_H
#define QUINIELA_STORE_SQLITE_LOG_H

#include "base/error.h"
#include "store/sqlite_names.h"

// Makes the database's log reliable, before SQLite opens it. Does nothing if there is none.
// ERROR_STORE_FAILED when whole commits follow a damaged one, which SQLite would drop (nothing is changed
// then), or when it cannot be read, written or synced; ERROR_NO_MEMORY.
bool sqlite_log_settle(const struct sqlite_names *names, struct error *error) MUST_CHECK;

// For readers of the database. ERROR_STORE_FAILED when whole commits follow a damaged one, as above. Changes
// nothing, and may run while a server writes.
bool sqlite_log_check(const struct sqlite_names *names, struct error *error) MUST_CHECK;

#endif
