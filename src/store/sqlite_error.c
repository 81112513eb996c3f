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

bool sqlite_fail(sqlite3 *database, const char *path, const char *what, struct error *error) {
    if (sqlite3_errcode(database) == SQLITE_NOTADB) {
        return error_set(error, ERROR_STORE_FAILED, SQLITE_NO_DATABASE, path);
    }
    if (sqlite3_errcode(database) == SQLITE_CANTOPEN && access(path, F_OK) != 0 && errno == ENOENT) {
        return error_set(error, ERROR_STORE_FAILED,
                         "%.120s: cannot %s: there is no such file; STORE (--store) says which it is, and a "
                         "server makes it, in a folder that is there and that it may write",
                         path, what);
    }
    return error_set(error, ERROR_STORE_FAILED, "%.120s: cannot %s: %s%s", path, what,
                     sqlite3_errmsg(database), advice(sqlite3_errcode(database)));
}

bool sqlite_fail_as(int code, const char *path, const char *what, struct error *error) {
    return error_set(error, ERROR_STORE_FAILED, "%.120s: cannot %s: %s%s", path, what, sqlite3_errstr(code),
                     advice(code));
}
