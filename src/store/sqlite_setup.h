// The conditions for using an SQLite database as a store: it has our tables, and the settings we requested.
// SQLite ignores some PRAGMAs without an error, so each answer is checked.
#ifndef QUINIELA_STORE_SQLITE_SETUP_H
#define QUINIELA_STORE_SQLITE_SETUP_H

#include "base/error.h"

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

enum { SQLITE_SETUP_EMPTY = -1 };

// Finds out of which version the tables are, or SQLITE_SETUP_EMPTY. ERROR_STORE_FAILED for a database that
// has another application's number than `id`, which is one of sqlite_schema.h.
bool sqlite_setup_version(sqlite3 *database, const char *path, int64_t id, int64_t *version,
                          struct error *error) MUST_CHECK;

// Whether the database has the tables of `schema`, `tables` of them, word for word: with a damaged column
// type, existing rows would not be found. Other tables may exist beside them. ERROR_STORE_FAILED.
bool sqlite_setup_check_tables(sqlite3 *database, const char *path, const char *schema, int tables,
                               struct error *error) MUST_CHECK;

// Refuses a database that has another `id` (as sqlite_setup_version) or another version, before anything is
// set in it. An empty one can become a store: *without_tables. ERROR_STORE_FAILED.
bool sqlite_setup_check(sqlite3 *database, const char *path, int64_t id, bool *without_tables,
                        struct error *error) MUST_CHECK;

// Sets up a connection that writes: the log (WAL), synced with each commit, and moved into the database only
// by the checkpointer. Makes the tables in an empty database. ERROR_STORE_FAILED when a setting was not
// accepted.
bool sqlite_setup_writer(sqlite3 *database, const char *path, bool without_tables,
                         struct error *error) MUST_CHECK;

// Sets up a second connection to the same database, after sqlite_setup_writer has made the settings that the
// file keeps. Errors as sqlite_setup_writer.
bool sqlite_setup_second(sqlite3 *database, const char *path, struct error *error) MUST_CHECK;

#endif
