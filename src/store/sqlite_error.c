#include "store/sqlite_error.h"

#include "bet/errors.h"
#include "store/sqlite_names.h"

#include <errno.h>
#include <unistd.h>

// Advice for the operator, or nothing.
static const char *advice(int code) {
    switch (code & 0xff) { // without what an extended code adds
    case SQLITE_FULL:
        return "; make room on its disk";
    case SQLITE_IOERR:
        return "; is its disk full, or failing?";
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
        return "; the file, those beside it (-wal, -shm) and its folder must be there and, for a server, "
               "writable";
    case SQLITE_CORRUPT:
        return "; see quiniela check, and restore it from a copy";
    default:
        return "";
    }
}

static const char *cause(int code) {
    switch (code & 0xff) {
    case SQLITE_FULL:
        return CAUSE_DISK_FULL;
    case SQLITE_IOERR:
        return "the disk is full, or fails";
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
        return "its file cannot be opened, or not be written";
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return CAUSE_DAMAGED;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return "another program has locked it";
    case SQLITE_NOMEM:
        return CAUSE_NO_MEMORY;
    default:
        return NULL;
    }
}

bool sqlite_fail(sqlite3 *database, const char *path, const char *what, struct error *error) {
    if (sqlite3_errcode(database) == SQLITE_NOTADB) {
        return error_set(error, ERROR_STORE_FAILED, SQLITE_NO_DATABASE, path) ||
               error_because(error, CAUSE_DAMAGED);
    }
    if (sqlite3_errcode(database) == SQLITE_CANTOPEN && access(path, F_OK) != 0 && errno == ENOENT) {
        return error_set(error, ERROR_STORE_FAILED,
                         "%.120s: cannot %s: there is no such file; STORE (--store) says which it is, and a "
                         "server makes it, in a folder that is there and that it may write",
                         path, what) ||
               error_because(error, CAUSE_NOT_THERE);
    }
    return error_set(error, ERROR_STORE_FAILED, "%.120s: cannot %s: %s%s", path, what,
                     sqlite3_errmsg(database), advice(sqlite3_errcode(database))) ||
           error_because(error, cause(sqlite3_errcode(database)));
}

bool sqlite_fail_as(int code, const char *path, const char *what, struct error *error) {
    return error_set(error, ERROR_STORE_FAILED, "%.120s: cannot %s: %s%s", path, what, sqlite3_errstr(code),
                     advice(code)) ||
           error_because(error, cause(code));
}
