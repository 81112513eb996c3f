// The VFS: names, faults, and the records in the history.
#include "vfs_state.h"

#include "base/checksum.h"
#include "base/random.h"

#include <assert.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct power power = {.mutex = PTHREAD_MUTEX_INITIALIZER};

void vfs_lock(void) {
    pthread_mutex_lock(&power.mutex);
}

int vfs_unlock(int result) {
    pthread_mutex_unlock(&power.mutex);
    return result;
}

struct handle *vfs_handle(sqlite3_file *file) {
    return (struct handle *)(void *)file;
}

// Faults --------------------------------------------------------------------------------------------------

static bool concerns(enum vfs_fault_kind kind, enum operation operation) {
    switch (kind) {
    case VFS_FAULT_IO:
        return operation != READ;
    case VFS_FAULT_SYNC:
        return operation == SYNC || operation == SYNC_NAMES;
    case VFS_FAULT_FULL:
        return operation == OPEN_TO_MAKE || operation == GROWING_WRITE || operation == SHARE;
    case VFS_FAULT_SHORT:
        return operation == WRITE || operation == GROWING_WRITE;
    case VFS_FAULT_READ:
        return operation == READ;
    case VFS_NO_FAULT:
    case VFS_FAULT_KINDS:
        break;
    }
    return false;
}

bool vfs_fails(enum operation operation) {
    if (!concerns(power.fault.kind, operation)) {
        return false;
    }
    power.operations++;
    bool now = power.fault.for_ever ? power.operations >= power.fault.at : power.operations == power.fault.at;
    power.faults += now;
    return now;
}

void vfs_set_fault(const struct vfs_fault *fault) {
    vfs_lock();
    power.fault = *fault;
    power.operations = power.faults = 0;
    vfs_unlock(0);
}

uint64_t vfs_operations(void) {
    vfs_lock();
    uint64_t operations = power.operations;
    vfs_unlock(0);
    return operations;
}

uint64_t vfs_faults(void) {
    vfs_lock();
    uint64_t faults = power.faults;
    vfs_unlock(0);
    return faults;
}

// What is done to the disk --------------------------------------------------------------------------------

void vfs_record(const struct history_entry *entry) {
    history_add(power.history, entry);
    history_apply(entry, power.disk);
}

void vfs_record_named(enum history_event event, const char *name) {
    struct history_entry entry = {.event = event};
    snprintf(entry.name, sizeof entry.name, "%s", name);
    vfs_record(&entry);
}

void vfs_record_file(enum history_event event, int file, size_t size) {
    vfs_record(&(struct history_entry){.event = event, .file = file, .offset = size});
}

void vfs_record_write(int file, size_t offset, const void *from, size_t length) {
    uint8_t *bytes = malloc(length);
    memcpy(bytes, from, length);
    vfs_record(&(struct history_entry){
        .event = HISTORY_WRITE, .file = file, .offset = offset, .length = length, .bytes = bytes});
}

unsigned *vfs_sync_errors(int file) {
    while (power.sync_errors_count <= file) {
        power.sync_errors_count++;
        power.sync_errors = realloc(power.sync_errors, (size_t)power.sync_errors_count * sizeof(unsigned));
        power.sync_errors[power.sync_errors_count - 1] = 0;
    }
    return &power.sync_errors[file];
}

void vfs_note(const struct history_entry *entry) {
    vfs_lock();
    history_add(power.history, entry);
    vfs_unlock(0);
}

int vfs_peek(const char *name, uint8_t *bytes, int length) {
    vfs_lock();
    int number = disk_find(power.disk, name);
    if (number == DISK_NO_FILE) {
        return vfs_unlock(-1);
    }
    const struct disk_file *file = &power.disk->files[number];
    int there = file->size < (size_t)length ? (int)file->size : length;
    if (there > 0) {
        memcpy(bytes, file->bytes, (size_t)there);
    }
    return vfs_unlock(there);
}

// The VFS -------------------------------------------------------------------------------------------------

static int vfs_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *flags_out) {
    (void)vfs;
    file->pMethods = NULL;
    if (name == NULL) { // a temporary file of one statement
        return power.original->xOpen(power.original, name, file, flags, flags_out);
    }
    vfs_lock();
    int number = disk_find(power.disk, name);
    bool make = number == DISK_NO_FILE;
    if ((make && !(flags & SQLITE_OPEN_CREATE)) || vfs_fails(make ? OPEN_TO_MAKE : OPEN)) {
        return vfs_unlock(SQLITE_CANTOPEN);
    }
    if (make) {
        vfs_record_named(HISTORY_CREATE, name);
        number = disk_find(power.disk, name);
    }
    struct handle *handle = vfs_handle(file);
    memset(handle, 0, sizeof *handle);
    snprintf(handle->name, sizeof handle->name, "%s", name);
    handle->file = number;
    handle->read_only = (flags & SQLITE_OPEN_READONLY) != 0;
    handle->errors_met = *vfs_sync_errors(number);
    // For a new log, SQLite ignores a failure to sync the names. So here it does not sync them at all, and
    // the store must do it itself.
    handle->sync_names = make && (flags & SQLITE_OPEN_MAIN_JOURNAL);
    handle->next = power.handles;
    power.handles = handle;
    handle->base.pMethods = &vfs_methods;
    if (flags_out != NULL) {
        *flags_out = flags;
    }
    return vfs_unlock(SQLITE_OK);
}

static int vfs_delete(sqlite3_vfs *vfs, const char *name, int sync) {
    (void)vfs;
    vfs_lock();
    if (disk_find(power.disk, name) == DISK_NO_FILE) {
        return vfs_unlock(SQLITE_IOERR_DELETE_NOENT);
    }
    if (vfs_fails(DELETE)) {
        return vfs_unlock(SQLITE_IOERR_DELETE);
    }
    vfs_record_named(HISTORY_DELETE, name);
    if (sync) {
        if (vfs_fails(SYNC_NAMES)) {
            return vfs_unlock(SQLITE_IOERR_DIR_FSYNC);
        }
        vfs_record(&(struct history_entry){.event = HISTORY_SYNC_NAMES});
    }
    return vfs_unlock(SQLITE_OK);
}

static int vfs_access(sqlite3_vfs *vfs, const char *name, int flags, int *result) {
    (void)vfs;
    vfs_lock();
    int number = disk_find(power.disk, name);
    // As in SQLite's own VFS, a file exists only if it is not empty.
    *result = number != DISK_NO_FILE && (flags != SQLITE_ACCESS_EXISTS || power.disk->files[number].size > 0);
    return vfs_unlock(SQLITE_OK);
}

static int vfs_full_path(sqlite3_vfs *vfs, const char *name, int size, char *path) {
    (void)vfs;
    snprintf(path, (size_t)size, "%s", name);
    return SQLITE_OK;
}

static int vfs_randomness(sqlite3_vfs *vfs, int size, char *bytes) {
    (void)vfs;
    vfs_lock();
    for (int i = 0; i < size; i++) {
        bytes[i] = (char)random_next(&power.salts);
    }
    return vfs_unlock(size);
}

// Waiting for a lock takes no time here.
static int vfs_sleep(sqlite3_vfs *vfs, int microseconds) {
    (void)vfs;
    sched_yield();
    return microseconds;
}

static int vfs_last_error(sqlite3_vfs *vfs, int size, char *text) {
    (void)vfs;
    (void)size;
    (void)text;
    return 0;
}

static int vfs_time(sqlite3_vfs *vfs, sqlite3_int64 *milliseconds) {
    (void)vfs;
    return power.original->xCurrentTimeInt64(power.original, milliseconds);
}

void vfs_register(void) {
    power.original = sqlite3_vfs_find(NULL);
    int room = power.original->szOsFile;
    power.vfs = (sqlite3_vfs){
        .iVersion = 2,
        .szOsFile = room > (int)sizeof(struct handle) ? room : (int)sizeof(struct handle),
        .mxPathname = DISK_NAME_BYTES - 1,
        .zName = "power",
        .xOpen = vfs_open,
        .xDelete = vfs_delete,
        .xAccess = vfs_access,
        .xFullPathname = vfs_full_path,
        .xRandomness = vfs_randomness,
        .xSleep = vfs_sleep,
        .xGetLastError = vfs_last_error,
        .xCurrentTimeInt64 = vfs_time,
    };
    int result = sqlite3_vfs_register(&power.vfs, 1);
    assert(result == SQLITE_OK);
    (void)result;
}

// SQLite's random numbers must not repeat, because two logs with the same salts would be taken for one. So
// they also depend on what is already on the disk.
static uint64_t salts_for(const struct disk *disk, uint64_t seed) {
    uint64_t salts = seed;
    for (int i = 0; i < disk->file_count; i++) {
        salts = checksum_bytes(salts, disk->files[i].bytes, disk->files[i].size);
    }
    return salts;
}

void vfs_mount(struct disk *disk, struct history *history, uint64_t seed) {
    assert(power.disk == NULL && power.handles == NULL);
    power.disk = disk;
    power.history = history;
    power.random = seed;
    power.salts = salts_for(disk, seed);
    power.sync_errors_count = 0;
    sqlite3_randomness(0, NULL); // SQLite's own random numbers begin anew from ours
    vfs_set_fault(&(struct vfs_fault){VFS_NO_FAULT, 0, false});
}

void vfs_unmount(void) {
    assert(power.handles == NULL && power.shared == NULL);
    power.disk = NULL;
    power.history = NULL;
    free(power.sync_errors);
    power.sync_errors = NULL;
}
