// While a server runs, its database and its log never get shorter: SQLite overwrites a log in place, and
// nothing here frees disk space. A shorter file was emptied or cut by somebody else (a log rotation over the
// folder, a clean-up of a full disk), and acknowledged bets are gone.
#ifndef QUINIELA_STORE_SQLITE_SIZES_H
#define QUINIELA_STORE_SQLITE_SIZES_H

#include "base/error.h"
#include "store/sqlite_names.h"

#include <stdbool.h>
#include <sys/types.h>

// How the lock's file begins while a restore changes the files' names.
#define SQLITE_MARK_RESTORE "restore"

struct sqlite_sizes {
    const struct sqlite_names *names;
    int database, lock; // descriptors, borrowed
    int index;          // our own descriptor of the log's index, or -1
    off_t *bytes;       // sizes of the database and the log at the last check: [2], borrowed
};

// Begins with the descriptors of the database and of its lock's file, and the previous sizes (0: not known).
// All of them outlive *sizes, which the caller ends.
void sqlite_sizes_begin(struct sqlite_sizes *sizes, const struct sqlite_names *names, int database, int lock,
                        off_t bytes[2]);
void sqlite_sizes_end(struct sqlite_sizes *sizes);

// For a server: reads the current size of the database or its log, and compares it with the previous one.
// ERROR_STORE_FAILED, naming the file, when it was cut; the lock's file then records this for every later
// start. No error when another program has freed space legitimately (VACUUM, a checkpoint that truncates).
bool sqlite_sizes_take(struct sqlite_sizes *sizes, enum sqlite_file which, off_t bytes,
                       struct error *error) MUST_CHECK;

// For a server, before a group is begun: checks both of them. Costs two system calls.
bool sqlite_sizes_look(struct sqlite_sizes *sizes, struct error *error) MUST_CHECK;

// For everybody who opens a store: ERROR_STORE_FAILED when a server has noticed that one of its files was
// cut, or a restore was cut short.
bool sqlite_sizes_check_mark(const struct sqlite_names *names, struct error *error) MUST_CHECK;

#endif
