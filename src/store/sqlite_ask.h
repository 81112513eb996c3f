// Single SQL statements to an SQLite database that is not open as a store.
#ifndef QUINIELA_STORE_SQLITE_ASK_H
#define QUINIELA_STORE_SQLITE_ASK_H

#include "base/error.h"
#include "store/backing_up.h"

#include <sqlite3.h>
#include <stdbool.h>

enum { SQLITE_ANSWER_BYTES = 256 };

// Of both: `path` and `what`, the action, are named in an error, which is ERROR_STORE_FAILED.

// Executes statements, whose rows are ignored.
bool sqlite_execute(sqlite3 *database, const char *path, const char *sql, const char *what,
                    struct error *error) MUST_CHECK;

// Executes one statement. Its answer is the first column of the first row, as text that is cut if it is too
// long; "" if there is none. What the statement changes is committed after its rows, and a failure of that is
// an error, too.
bool sqlite_ask(sqlite3 *database, const char *path, const char *sql, const char *what,
                char answer[SQLITE_ANSWER_BYTES], struct error *error) MUST_CHECK;

// Calls `each` with the name of every draw that the database has, in their order. No statement is open
// meanwhile. Returns false with `error` set when it stops or fails.
bool sqlite_each_draw(sqlite3 *database, const char *path, store_each_name each, void *context,
                      struct error *error) MUST_CHECK;

#endif
