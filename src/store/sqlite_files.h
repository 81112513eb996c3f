// A server's hold on the files of its store, as files and not as names. One server has the database,
// whatever its name. The server also notices when a name no longer leads to the open file, because anything
// stored there then has no name.
#ifndef QUINIELA_STORE_SQLITE_FILES_H
#define QUINIELA_STORE_SQLITE_FILES_H

#include "store/sqlite_names.h"
#include "store/sqlite_sizes.h"

// Which files a server's store has, remembered while the server reopens its store again and again. Zeroed at
// the beginning.
struct sqlite_identity {
    bool is_known;
    char path[PATH_MAX]; // where the name led the first time
    int database, log;   // descriptors (O_PATH): while they are held no new file gets the old one's number
    int keeper;          // descriptor of the database, with the lock that sqlite_files_note takes
    off_t bytes[2];      // their lengths at the last check
};

struct sqlite_files {
    struct sqlite_names names;
    struct sqlite_sizes sizes;
    int lock, database; // descriptors, or -1
    int keeper;         // the identity's, or -1
    struct {
        dev_t device;
        ino_t inode; // 0: it did not exist
    } noted[SQLITE_FILES];
    off_t own_bytes[2]; // the sizes, if there is no identity
};

// Finds the files (sqlite_names_find) and takes none. The caller ends it with sqlite_files_release, even if
// it fails.
bool sqlite_files_find(const char *path, struct sqlite_files *files, struct error *error) MUST_CHECK;

// Call before SQLite opens anything: takes the database, and creates it if missing. If `identity` is known,
// the database and its log must match it, and neither is made. ERROR_STORE_FAILED when another server has
// it, by whatever name, when it is not a database, or not the known one. While it is held, nothing else in
// this process may open and close the database file: that would drop SQLite's own locks (POSIX, fcntl).
// *identity outlives `files`.
bool sqlite_files_take(struct sqlite_files *files, struct sqlite_identity *identity,
                       struct error *error) MUST_CHECK;

// For one who reads beside the server whose files they are: whether the names still lead to the known ones.
// NULL, or one that is not known: any may be there. ERROR_STORE_FAILED when they do not.
bool sqlite_files_check(const struct sqlite_files *files, const struct sqlite_identity *identity,
                        struct error *error) MUST_CHECK;

// As sqlite_files_take, for one who puts another database in its place: whatever is there, nothing of it is
// looked at, and no database is made.
bool sqlite_files_take_place(struct sqlite_files *files, struct error *error) MUST_CHECK;

// Call once SQLite has opened all files: notes which they are, and stores that in *identity, unless it is
// NULL or known already. Syncs their folder, so that their names stay. With an identity, its keeper then
// locks the database as one more reader, until sqlite_files_let_go or sqlite_files_forget. Until then nobody
// else can be the last to close it. ERROR_STORE_FAILED when a name leads elsewhere, or one of them cannot be
// opened, locked or synced.
bool sqlite_files_note(struct sqlite_files *files, struct sqlite_identity *identity,
                       struct error *error) MUST_CHECK;

// Call before the store is closed for good: releases the lock of sqlite_files_note. SQLite then finds nobody
// else there, moves the log into the database and deletes the log. A store that is only given up keeps the
// lock. Does nothing if sqlite_files_note got no identity, or took no lock.
void sqlite_files_let_go(const struct sqlite_files *files);

// Whether the names still lead to the files noted, and none is shorter than before. Costs three system
// calls. ERROR_STORE_FAILED, naming the file that was deleted, moved, replaced or cut.
bool sqlite_files_unchanged(struct sqlite_files *files, struct error *error) MUST_CHECK;

// Another process that has the database open in SQLite. 0: there is none, or it cannot be told which, as in
// another container.
pid_t sqlite_files_user(const struct sqlite_files *files);

// Releases the database and the locks. SQLite must have closed the database.
void sqlite_files_release(struct sqlite_files *files);

// Releases everything that an identity holds, and frees it.
void sqlite_files_forget(struct sqlite_identity *identity);

#endif
