// Moving what is in SQLite's log (the -wal file) into the database, off the commits' way: on a thread of its
// own, with a connection of its own, as the log grows.
#ifndef QUINIELA_STORE_SQLITE_CHECKPOINT_H
#define QUINIELA_STORE_SQLITE_CHECKPOINT_H

#include "base/error.h"

#include <sqlite3.h>

struct checkpointer;

// Starts the thread for the database at `path`, whose commits come from `writer`; takes over writer's wal
// hook. Before that it notes in the log's index that nothing of the log has been moved, as an earlier
// server's sync may have failed; it waits up to 5 s for somebody who is moving some. On success the caller
// owns *checkpointer. ERROR_STORE_FAILED when the index or the database cannot be used; ERROR_SYSTEM without
// a thread; ERROR_NO_MEMORY.
bool checkpointer_start(const char *path, sqlite3 *writer, struct checkpointer **checkpointer,
                        struct error *error) MUST_CHECK;

// Called by the writer between its transactions. Usually does nothing; when the log has become too long it
// finishes what the thread has not done yet, so that the log can begin anew. ERROR_STORE_FAILED after a
// failed sync of the database: the log must then be kept, and moved once more after opening again.
bool checkpointer_between_commits(struct checkpointer *checkpointer, struct error *error) MUST_CHECK;

// Ends the thread, frees the checkpointer and nulls the caller's pointer. The writer's connection is still
// open. Returns whether the log may go: not after a failed sync of the database.
bool checkpointer_stop(struct checkpointer **checkpointer) MUST_CHECK;

#endif
