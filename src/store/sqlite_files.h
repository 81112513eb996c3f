// The files of an SQLite store, as files and not as names: the database, its log and what else stands beside
// it. The database's name is followed once; one server has the database, whatever it is called; and a server
// notices when a name no longer leads to what it has open, because then what it stores has no name.
#ifndef QUINIELA_STORE_SQLITE_FILES_H
#define QUINIELA_STORE_SQLITE_FILES_H

#include "base/error.h"
#include "store/store.h"

#include <limits.h>
#include <stdbool.h>
#include <sys/types.h>

enum sqlite_file { SQLITE_DATABASE, SQLITE_LOG, SQLITE_SHARED_MEMORY, SQLITE_FILES };

// Of a file that is there and has not even a database's beginning; whoever finds it out. Takes its name.
#define SQLITE_NO_DATABASE                                                                                   \
    "%.120s: is no store of quiniela, and no database at all: name the store, or restore it from a copy"

struct sqlite_files {
    char name[PATH_MAX]; // of the database, as it was given: what errors show
    char path[PATH_MAX]; // of the database: absolute, and no link in it
    int lock, database;  // a server's descriptors, or -1
    int keeper;          // the identity's, or -1
    struct {
        dev_t device;
        ino_t inode; // 0: it was not there
    } noted[SQLITE_FILES];
    int index;    // sqlite_sizes.c's descriptor of the log's index, or -1
    off_t *bytes; // of a server's database and log when they were last looked at: the identity's or our own
    off_t own_bytes[2];
};

// Whether `path` may be the name of a store. ERROR_BAD_SETTING when SQLite would take it for something else
// than a file (":memory:", "file:…"; sqlite.org/c3ref/open.html), or when it is empty or an address.
bool sqlite_files_check_name(const char *path, struct error *error) MUST_CHECK;

// Finds the files: `path` is followed to its end. ERROR_STORE_FAILED when that leads nowhere, or when one of
// the files is a folder or device, has a second name (a hard link), or, beside the database, is a link. What
// is not there yet is fine. Opens nothing; the caller ends it with sqlite_files_release all the same.
bool sqlite_files_find(const char *path, struct sqlite_files *files, struct error *error) MUST_CHECK;

enum { SQLITE_BEGINNING_BYTES = 16 };

// Whether the database, which begins with these bytes (`length`: fewer where it is shorter), can be a store,
// or is empty; what it says is checked later. ERROR_STORE_FAILED: SQLITE_NO_DATABASE.
bool sqlite_files_check_beginning(const struct sqlite_files *files, const char *bytes, size_t length,
                                  struct error *error) MUST_CHECK;

enum { SQLITE_URI_BYTES = 3 * PATH_MAX + 32 };

// Writes the URI by which the database is opened to be read (sqlite.org/uri.html): one that says that it does
// not change, where SQLite could not make the files that it needs for anything else.
void sqlite_files_uri(const struct sqlite_files *files, char uri[SQLITE_URI_BYTES]);

// For a server, before SQLite opens anything: takes the database, made where it is not there. With `identity`
// known it and its log must be those, and neither is made. ERROR_STORE_FAILED when another server has it by
// whatever name, when it is no database, or another one. While it is held, nothing else in this process may
// open and close the database file: that would drop SQLite's own locks (POSIX, fcntl). *identity outlives
// `files`.
bool sqlite_files_take(struct sqlite_files *files, struct store_identity *identity,
                       struct error *error) MUST_CHECK;

// For a server, once SQLite has opened them all: notes which files they are, and makes them *identity's,
// unless that is NULL or known already. Syncs their folder, so that their names stay. Where there is an
// identity, its keeper then locks the database as one more reader, until sqlite_files_let_go or store_forget:
// nobody else can be the last one to close it. ERROR_STORE_FAILED when a name leads elsewhere, or one of them
// cannot be opened, locked or synced.
bool sqlite_files_note(struct sqlite_files *files, struct store_identity *identity,
                       struct error *error) MUST_CHECK;

// For a server that is about to close its store for good: gives back the lock of sqlite_files_note, so that
// SQLite finds nobody else there, moves the log into the database and deletes it. A store that is only given
// up keeps the lock. Does nothing where sqlite_files_note was given no identity, or took no lock.
void sqlite_files_let_go(const struct sqlite_files *files);

// Whether the names still lead to the files noted, and none is shorter than before. Three system calls.
// ERROR_STORE_FAILED, naming the one that was deleted, moved, replaced or cut.
bool sqlite_files_unchanged(struct sqlite_files *files, struct error *error) MUST_CHECK;

// Writes the name of a file beside the database, such as "…-wal", into `name`.
void sqlite_files_name(const struct sqlite_files *files, const char *ending, char name[PATH_MAX]);

// Gives back what was taken. SQLite must have closed the database.
void sqlite_files_release(struct sqlite_files *files);

#endif
