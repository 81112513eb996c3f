// A shim (sqlite.org/vfs.html, 2.3): only logs are wrapped. SQLite gets the default VFS's own database files.
#include "store/sqlite_gather.h"

#include <pthread.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

// Seven pages with their headers. SQLite's own VFS for Unix writes at most 128 KiB - 1 at once.
enum { ROOM_BYTES = 124 * 1024 };

struct gathered {
    sqlite3_file base;
    sqlite3_int64 at; // where the gathered bytes belong
    int length;       // how many there are
    char *bytes;
    sqlite3_file *file; // the default VFS's, behind this struct
};

static sqlite3_vfs *original, vfs;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static bool is_registered;

static struct gathered *of(sqlite3_file *file) {
    return (struct gathered *)(void *)file;
}

// After a failed write the bytes are forgotten: SQLite drops the commit that they belong to.
static int write_gathered(struct gathered *gathered) {
    int length = gathered->length;
    gathered->length = 0;
    return length == 0
               ? SQLITE_OK
               : gathered->file->pMethods->xWrite(gathered->file, gathered->bytes, length, gathered->at);
}

// Whether the bytes from `at` on are all among those gathered.
static bool has(const struct gathered *gathered, sqlite3_int64 at, int length) {
    return at >= gathered->at && at + length <= gathered->at + gathered->length;
}

static int log_read(sqlite3_file *file, void *to, int length, sqlite3_int64 at) {
    struct gathered *gathered = of(file);
    if (has(gathered, at, length)) {
        memcpy(to, gathered->bytes + (at - gathered->at), (size_t)length);
        return SQLITE_OK;
    }
    int result = at + length > gathered->at ? write_gathered(gathered) : SQLITE_OK;
    return result != SQLITE_OK ? result : gathered->file->pMethods->xRead(gathered->file, to, length, at);
}

static int log_write(sqlite3_file *file, const void *from, int length, sqlite3_int64 at) {
    struct gathered *gathered = of(file);
    bool follows = at == gathered->at + gathered->length && length <= ROOM_BYTES - gathered->length;
    if (!follows && !has(gathered, at, length)) {
        int result = write_gathered(gathered);
        if (result != SQLITE_OK || length > ROOM_BYTES) {
            return result != SQLITE_OK ? result
                                       : gathered->file->pMethods->xWrite(gathered->file, from, length, at);
        }
        gathered->at = at;
        follows = true;
    }
    memcpy(gathered->bytes + (at - gathered->at), from, (size_t)length);
    gathered->length += follows ? length : 0;
    return SQLITE_OK;
}

static int log_truncate(sqlite3_file *file, sqlite3_int64 size) {
    int result = write_gathered(of(file));
    return result != SQLITE_OK ? result : of(file)->file->pMethods->xTruncate(of(file)->file, size);
}

static int log_sync(sqlite3_file *file, int flags) {
    int result = write_gathered(of(file));
    return result != SQLITE_OK ? result : of(file)->file->pMethods->xSync(of(file)->file, flags);
}

static int log_size(sqlite3_file *file, sqlite3_int64 *size) {
    int result = write_gathered(of(file));
    return result != SQLITE_OK ? result : of(file)->file->pMethods->xFileSize(of(file)->file, size);
}

// What is still gathered then belongs to no commit.
static int log_close(sqlite3_file *file) {
    free(of(file)->bytes);
    return of(file)->file->pMethods->xClose(of(file)->file);
}

static int log_lock(sqlite3_file *file, int level) {
    return of(file)->file->pMethods->xLock(of(file)->file, level);
}

static int log_unlock(sqlite3_file *file, int level) {
    return of(file)->file->pMethods->xUnlock(of(file)->file, level);
}

static int log_check_reserved(sqlite3_file *file, int *reserved) {
    return of(file)->file->pMethods->xCheckReservedLock(of(file)->file, reserved);
}

static int log_control(sqlite3_file *file, int operation, void *argument) {
    return of(file)->file->pMethods->xFileControl(of(file)->file, operation, argument);
}

static int log_sector_size(sqlite3_file *file) {
    return of(file)->file->pMethods->xSectorSize(of(file)->file);
}

static int log_characteristics(sqlite3_file *file) {
    return of(file)->file->pMethods->xDeviceCharacteristics(of(file)->file);
}

// Version 1: shared memory and mapped pages are the database file's.
static const sqlite3_io_methods methods = {
    .iVersion = 1,
    .xClose = log_close,
    .xRead = log_read,
    .xWrite = log_write,
    .xTruncate = log_truncate,
    .xSync = log_sync,
    .xFileSize = log_size,
    .xLock = log_lock,
    .xUnlock = log_unlock,
    .xCheckReservedLock = log_check_reserved,
    .xFileControl = log_control,
    .xSectorSize = log_sector_size,
    .xDeviceCharacteristics = log_characteristics,
};

// SQLite closes a file whose opening failed if it has methods.
static int open_file(sqlite3_vfs *ours, const char *name, sqlite3_file *file, int flags, int *opened_as) {
    (void)ours;
    if ((flags & SQLITE_OPEN_WAL) == 0) {
        return original->xOpen(original, name, file, flags, opened_as);
    }
    struct gathered *gathered = of(file);
    *gathered = (struct gathered){.file = (sqlite3_file *)(void *)(gathered + 1)};
    char *bytes = malloc(ROOM_BYTES);
    if (bytes == NULL) {
        return SQLITE_NOMEM;
    }
    int result = original->xOpen(original, name, gathered->file, flags, opened_as);
    if (gathered->file->pMethods == NULL) {
        free(bytes);
        return result;
    }
    gathered->bytes = bytes;
    gathered->base.pMethods = &methods;
    return result;
}

static void make(void) {
    original = sqlite3_vfs_find(NULL);
    if (original != NULL) {
        vfs = *original; // names, time and chance are as there
        vfs.zName = "quiniela-gather";
        vfs.szOsFile += (int)sizeof(struct gathered);
        vfs.xOpen = open_file;
        is_registered = sqlite3_vfs_register(&vfs, 0) == SQLITE_OK;
    }
}

const char *sqlite_gather_vfs(void) {
    pthread_once(&once, make);
    return is_registered ? vfs.zName : NULL;
}
