// What an SQLite database must be before it is used as a store: ours by its tables, and set as was asked.
// SQLite answers a PRAGMA that it does not follow without an error; so each answer is looked at.
#ifndef QUINIELA_STORE_SQLITE_SETUP_H
#define QUINIELA_STORE_SQLITE_SETUP_H

#include "base/error.h"

#include <sqlite3.h>
#include <stdbool.h>

// Refuses a database that is not ours, or of another version, before anything is set in it. An empty one can
// be made into a store: *without_tables. ERROR_STORE_FAILED.
bool sqlite_setup_check(sqlite3 *database, const char *path, bool *without_tables,
                        struct error *error) MUST_CHECK;

// Sets a connection that writes: the log (WAL), synced with each commit, and moved into the database by
// nobody but the checkpointer; makes the tables in an empty database. ERROR_STORE_FAILED when a setting did
// not take.
bool sqlite_setup_writer(sqlite3 *database, const char *path, bool without_tables,
                         struct error *error) MUST_CHECK;

// Sets a second connection to the same database, of which sqlite_setup_writer has set what is kept in it. As
// that one.
bool sqlite_setup_second(sqlite3 *database, const char *path, struct error *error) MUST_CHECK;

#endif
