// Moves the contents of SQLite's log (the -wal file) into the database as the log grows. It runs on its own
// thread with its own connection, so that commits need not wait.
#ifndef QUINIELA_STORE_SQLITE_CHECKPOINT_H
#define QUINIELA_STORE_SQLITE_CHECKPOINT_H

#include "base/error.h"

#include <sqlite3.h>

struct checkpointer;

// Starts the thread for the database at `path`, whose commits come from `writer`; takes over the writer's
// WAL hook. Before that it records in the log's index that nothing of the log has been moved, because an
// earlier server's sync may have failed. For this it waits up to 5 s for somebody else's move to end. On
// success the caller owns *checkpointer. ERROR_STORE_FAILED when the index or the database cannot be used;
// ERROR_SYSTEM without a thread; ERROR_NO_MEMORY.
bool checkpointer_start(const char *path, sqlite3 *writer, struct checkpointer **checkpointer,
                        struct error *error) MUST_CHECK;

// Called by the writer between its transactions. It usually does nothing. When the log has become too long
// it finishes the thread's work, so that the log can start over. ERROR_STORE_FAILED after a failed sync of
// the database: the log must then be kept, and moved once more after reopening.
bool checkpointer_between_commits(struct checkpointer *checkpointer, struct error *error) MUST_CHECK;

// Ends the thread, frees the checkpointer and nulls the caller's pointer. The writer's connection is still
// open. Returns whether the log may be deleted: not after a failed sync of the database.
bool checkpointer_stop(struct checkpointer **checkpointer) MUST_CHECK;

#endif
