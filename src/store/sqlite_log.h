// The log that SQLite finds beside a database when it is opened, and what SQLite does not do about it.
#ifndef QUINIELA_STORE_SQLITE_LOG_H
#define QUINIELA_STORE_SQLITE_LOG_H

#include "base/error.h"

// Makes the log of the database at `path` one that can be relied on, before SQLite opens it; nothing to do
// where there is none. ERROR_STORE_FAILED when whole commits stand behind a damaged one, which SQLite would
// drop (nothing is changed then), or when it cannot be read, written or synced; ERROR_NO_MEMORY.
bool sqlite_log_settle(const char *path, struct error *error) MUST_CHECK;

#endif
