// The names of an SQLite store's files: the database, its log and other files beside it. Links in the
// database's name are followed once, to the end.
#ifndef QUINIELA_STORE_SQLITE_NAMES_H
#define QUINIELA_STORE_SQLITE_NAMES_H

#include "base/error.h"
#include "store/opening.h"

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

enum sqlite_file { SQLITE_DATABASE, SQLITE_LOG, SQLITE_SHARED_MEMORY, SQLITE_FILES };

// The suffix that each of them adds to the database's name.
extern const char *const sqlite_endings[SQLITE_FILES];

// The message about a file that exists but does not even begin like a database. Takes its name.
#define SQLITE_NO_DATABASE                                                                                   \
    "%.120s: is not a quiniela store, nor a database at all: name the store, or restore it from a copy"

struct sqlite_names {
    char name[PATH_MAX]; // of the database, as given: errors show this
    char path[PATH_MAX]; // of the database: absolute, and no link in it
};

// Whether `path` may be the name of a store. ERROR_BAD_SETTING when it is empty, an address, or something
// that SQLite would not take for a file (":memory:", "file:…"; sqlite.org/c3ref/open.html).
bool sqlite_names_check(const char *path, struct error *error) MUST_CHECK;

// Finds the files: `path` is followed to its end. ERROR_STORE_FAILED when that leads nowhere. Also when one
// of the files is a folder or device, has a second name (a hard link), or is a link although it is not the
// database itself. Missing files are fine. Opens nothing.
bool sqlite_names_find(const char *path, struct sqlite_names *names, struct error *error) MUST_CHECK;

// Whether SQLite may open the file `name`, which errors call `shown`: it is a regular file with that name
// alone, or there is none. Opens nothing. ERROR_STORE_FAILED.
bool sqlite_names_check_file(const char *name, const char *shown, struct error *error) MUST_CHECK;

// Writes the name of a file beside the database, such as "…-wal", into `name`.
void sqlite_names_beside(const struct sqlite_names *names, const char *ending, char name[PATH_MAX]);

// Gets the status of one of the files. False when it does not exist.
bool sqlite_names_look(const struct sqlite_names *names, enum sqlite_file which, struct stat *status);

enum { SQLITE_NAMES_BEGINNING_BYTES = 20 };

// Whether a database that begins with these bytes (SQLITE_NAMES_BEGINNING_BYTES, fewer if it is shorter) can
// be a store, or is empty. Its contents are checked later. ERROR_STORE_FAILED: SQLITE_NO_DATABASE, or the log
// beside it belongs to another file. Opens nothing but that log.
bool sqlite_names_check_beginning(const struct sqlite_names *names, const char *bytes, size_t length,
                                  struct error *error) MUST_CHECK;

enum { SQLITE_URI_BYTES = 3 * PATH_MAX + 32 };

// Writes the URI for opening the database to read it (sqlite.org/uri.html). Where SQLite could not make the
// files that it needs for reading, the URI says that the database does not change.
void sqlite_names_uri(const struct sqlite_names *names, char uri[SQLITE_URI_BYTES]);

// As store_paths.
void sqlite_names_paths(const char *path, store_each_path each, void *context);

#endif
