// While a server runs, its database and its log never get shorter: SQLite writes a log anew in its place, and
// nothing here takes space back. What is shorter was emptied or cut by somebody else (a log rotation over the
// folder, a clean-up of a full disk), and what was acknowledged has gone with it.
#ifndef QUINIELA_STORE_SQLITE_SIZES_H
#define QUINIELA_STORE_SQLITE_SIZES_H

#include "base/error.h"
#include "store/sqlite_names.h"

#include <stdbool.h>
#include <sys/types.h>

struct sqlite_sizes {
    const struct sqlite_names *names;
    int database, lock; // descriptors, lent
    int index;          // our own descriptor of the log's index, or -1
    off_t *bytes;       // of the database and the log when they were last looked at: [2], lent
};

// Begins with the descriptors of the database and of its lock's file, and the sizes as they were before (0:
// not known). All of them outlive *sizes, which the caller ends.
void sqlite_sizes_begin(struct sqlite_sizes *sizes, const struct sqlite_names *names, int database, int lock,
                        off_t bytes[2]);
void sqlite_sizes_end(struct sqlite_sizes *sizes);

// For a server: takes the size of the database or its log as it is now, and compares it with the one before.
// ERROR_STORE_FAILED, naming the file, when it was cut; the lock's file then says so, for every later start.
// No error when another program has taken space back as it may (VACUUM, a checkpoint that truncates).
bool sqlite_sizes_take(struct sqlite_sizes *sizes, enum sqlite_file which, off_t bytes,
                       struct error *error) MUST_CHECK;

// For a server, before a group is begun: both of them. Two system calls.
bool sqlite_sizes_look(struct sqlite_sizes *sizes, struct error *error) MUST_CHECK;

// For everybody who opens a store: ERROR_STORE_FAILED when a server has noticed that a file of it was cut.
bool sqlite_sizes_check_mark(const struct sqlite_names *names, struct error *error) MUST_CHECK;

#endif
