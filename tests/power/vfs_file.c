// What SQLite does to an open file.
#include "vfs_state.h"

#include "base/random.h"

#include <string.h>

enum { SECTOR_BYTES = 4096 };

static int file_close(sqlite3_file *file) {
    vfs_lock();
    struct handle **at = &power.handles;
    while (*at != vfs_handle(file)) {
        at = &(*at)->next;
    }
    *at = vfs_handle(file)->next;
    return vfs_unlock(SQLITE_OK);
}

static int file_read(sqlite3_file *file, void *to, int length, sqlite3_int64 offset) {
    vfs_lock();
    if (vfs_fails(READ)) {
        return vfs_unlock(SQLITE_IOERR_READ);
    }
    const struct disk_file *from = &power.disk->files[vfs_handle(file)->file];
    size_t start = (size_t)offset, wanted = (size_t)length;
    size_t there = start < from->size ? from->size - start : 0;
    there = there < wanted ? there : wanted;
    if (there > 0) {
        memcpy(to, from->bytes + start, there);
    }
    memset((char *)to + there, 0, wanted - there);
    return vfs_unlock(there == wanted ? SQLITE_OK : SQLITE_IOERR_SHORT_READ);
}

static int file_write(sqlite3_file *file, const void *from, int length, sqlite3_int64 offset) {
    vfs_lock();
    if (vfs_handle(file)->read_only) { // write(2): EBADF
        return vfs_unlock(SQLITE_IOERR_WRITE);
    }
    int number = vfs_handle(file)->file;
    bool grows = (size_t)offset + (size_t)length > power.disk->files[number].size;
    if (!vfs_fails(grows ? GROWING_WRITE : WRITE)) {
        vfs_record_write(number, (size_t)offset, from, (size_t)length);
        return vfs_unlock(SQLITE_OK);
    }
    if (power.fault.kind == VFS_FAULT_SHORT && length > 1) {
        vfs_record_write(number, (size_t)offset, from, (size_t)length / 2);
    }
    return vfs_unlock(power.fault.kind == VFS_FAULT_IO ? SQLITE_IOERR_WRITE : SQLITE_FULL);
}

static int file_truncate(sqlite3_file *file, sqlite3_int64 size) {
    vfs_lock();
    if (vfs_handle(file)->read_only || vfs_fails(TRUNCATE)) {
        return vfs_unlock(SQLITE_IOERR_TRUNCATE);
    }
    vfs_record_file(HISTORY_TRUNCATE, vfs_handle(file)->file, (size_t)size);
    return vfs_unlock(SQLITE_OK);
}

// As on Linux since 4.13: a failure is reported once to every handle that has the file open at that time, and
// to none that opens it later.
static int file_sync(sqlite3_file *file, int flags) {
    (void)flags;
    vfs_lock();
    struct handle *handle = vfs_handle(file);
    unsigned *errors = vfs_sync_errors(handle->file);
    if (vfs_fails(SYNC)) {
        vfs_record(&(struct history_entry){
            .event = HISTORY_SYNC_FAILED, .file = handle->file, .seed = random_next(&power.random)});
        handle->errors_met = ++*errors;
        return vfs_unlock(SQLITE_IOERR_FSYNC);
    }
    vfs_record_file(HISTORY_SYNC, handle->file, 0);
    if (handle->sync_names) {
        handle->sync_names = false;
        vfs_record(&(struct history_entry){.event = HISTORY_SYNC_NAMES});
    }
    bool told = handle->errors_met == *errors;
    handle->errors_met = *errors;
    return vfs_unlock(told ? SQLITE_OK : SQLITE_IOERR_FSYNC);
}

static int file_size(sqlite3_file *file, sqlite3_int64 *size) {
    vfs_lock();
    *size = (sqlite3_int64)power.disk->files[vfs_handle(file)->file].size;
    return vfs_unlock(SQLITE_OK);
}

static int file_control(sqlite3_file *file, int operation, void *argument) {
    (void)file;
    (void)operation;
    (void)argument;
    return SQLITE_NOTFOUND;
}

static int file_sector_size(sqlite3_file *file) {
    (void)file;
    return SECTOR_BYTES;
}

// As SQLite's own VFS says on Linux: a write that the power cuts short harms no byte outside of it.
static int file_characteristics(sqlite3_file *file) {
    (void)file;
    return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

const sqlite3_io_methods vfs_methods = {
    .iVersion = 2,
    .xClose = file_close,
    .xRead = file_read,
    .xWrite = file_write,
    .xTruncate = file_truncate,
    .xSync = file_sync,
    .xFileSize = file_size,
    .xLock = vfs_file_lock,
    .xUnlock = vfs_file_unlock,
    .xCheckReservedLock = vfs_file_check_reserved,
    .xFileControl = file_control,
    .xSectorSize = file_sector_size,
    .xDeviceCharacteristics = file_characteristics,
    .xShmMap = vfs_shared_map,
    .xShmLock = vfs_shared_lock,
    .xShmBarrier = vfs_shared_barrier,
    .xShmUnmap = vfs_shared_unmap,
};
