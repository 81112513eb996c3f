// Locks and shared memory follow sqlite.org/c3ref/io_methods.html. Shared memory does not outlive its last
// connection: whoever opens the database next builds it anew, as with SQLite's own VFS.
#include "vfs.h"

#include "base/checksum.h"
#include "base/random.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SECTOR_BYTES = 4096, SHARED_REGIONS_MAX = 16 };

enum operation { READ, OPEN_TO_MAKE, OPEN, WRITE, GROWING_WRITE, SYNC, TRUNCATE, DELETE, SYNC_NAMES, SHARE };

struct shared_memory {
    int file, users;
    void *regions[SHARED_REGIONS_MAX];
    int count;
    struct shared_memory *next;
};

struct handle {
    sqlite3_file base;
    char name[DISK_NAME_BYTES];
    int file, level;     // of the lock on the file
    unsigned errors_met; // failed syncs of the file that this handle has been told of
    bool sync_names;     // SQLite syncs the directory of a new rollback journal with its first sync
    struct shared_memory *shared;
    unsigned shared_locks, exclusive_locks; // of the shared memory, a bit each
    struct handle *next;
};

static struct {
    pthread_mutex_t mutex;
    sqlite3_vfs vfs, *original;
    struct disk *disk;
    struct history *history;
    struct handle *handles;
    struct shared_memory *shared;
    struct vfs_fault fault;
    uint64_t operations, faults, random, salts;
    unsigned *sync_errors; // of each file: how many syncs have failed
    int sync_errors_count;
} power = {.mutex = PTHREAD_MUTEX_INITIALIZER};

static void lock(void) {
    pthread_mutex_lock(&power.mutex);
}

static int unlock(int result) {
    pthread_mutex_unlock(&power.mutex);
    return result;
}

static struct handle *of(sqlite3_file *file) {
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

static bool fails(enum operation operation) {
    if (!concerns(power.fault.kind, operation)) {
        return false;
    }
    power.operations++;
    bool now = power.fault.for_ever ? power.operations >= power.fault.at : power.operations == power.fault.at;
    power.faults += now;
    return now;
}

void vfs_set_fault(const struct vfs_fault *fault) {
    lock();
    power.fault = *fault;
    power.operations = power.faults = 0;
    unlock(0);
}

uint64_t vfs_operations(void) {
    lock();
    uint64_t operations = power.operations;
    unlock(0);
    return operations;
}

uint64_t vfs_faults(void) {
    lock();
    uint64_t faults = power.faults;
    unlock(0);
    return faults;
}

// What is done to the disk --------------------------------------------------------------------------------

static void record(const struct history_entry *entry) {
    history_add(power.history, entry);
    history_apply(entry, power.disk);
}

static void record_named(enum history_event event, const char *name) {
    struct history_entry entry = {.event = event};
    snprintf(entry.name, sizeof entry.name, "%s", name);
    record(&entry);
}

static void record_file(enum history_event event, int file, size_t size) {
    record(&(struct history_entry){.event = event, .file = file, .offset = size});
}

static void record_write(int file, size_t offset, const void *from, size_t length) {
    uint8_t *bytes = malloc(length);
    memcpy(bytes, from, length);
    record(&(struct history_entry){
        .event = HISTORY_WRITE, .file = file, .offset = offset, .length = length, .bytes = bytes});
}

static unsigned *sync_errors(int file) {
    while (power.sync_errors_count <= file) {
        power.sync_errors_count++;
        power.sync_errors = realloc(power.sync_errors, (size_t)power.sync_errors_count * sizeof(unsigned));
        power.sync_errors[power.sync_errors_count - 1] = 0;
    }
    return &power.sync_errors[file];
}

void vfs_note(const struct history_entry *entry) {
    lock();
    history_add(power.history, entry);
    unlock(0);
}

int vfs_peek(const char *name, uint8_t *bytes, int length) {
    lock();
    int number = disk_find(power.disk, name);
    if (number == DISK_NO_FILE) {
        return unlock(-1);
    }
    const struct disk_file *file = &power.disk->files[number];
    int there = file->size < (size_t)length ? (int)file->size : length;
    if (there > 0) {
        memcpy(bytes, file->bytes, (size_t)there);
    }
    return unlock(there);
}

// Files ---------------------------------------------------------------------------------------------------

static int file_close(sqlite3_file *file) {
    lock();
    struct handle **at = &power.handles;
    while (*at != of(file)) {
        at = &(*at)->next;
    }
    *at = of(file)->next;
    return unlock(SQLITE_OK);
}

static int file_read(sqlite3_file *file, void *to, int length, sqlite3_int64 offset) {
    lock();
    if (fails(READ)) {
        return unlock(SQLITE_IOERR_READ);
    }
    const struct disk_file *from = &power.disk->files[of(file)->file];
    size_t start = (size_t)offset, wanted = (size_t)length;
    size_t there = start < from->size ? from->size - start : 0;
    there = there < wanted ? there : wanted;
    if (there > 0) {
        memcpy(to, from->bytes + start, there);
    }
    memset((char *)to + there, 0, wanted - there);
    return unlock(there == wanted ? SQLITE_OK : SQLITE_IOERR_SHORT_READ);
}

static int file_write(sqlite3_file *file, const void *from, int length, sqlite3_int64 offset) {
    lock();
    int number = of(file)->file;
    bool grows = (size_t)offset + (size_t)length > power.disk->files[number].size;
    if (!fails(grows ? GROWING_WRITE : WRITE)) {
        record_write(number, (size_t)offset, from, (size_t)length);
        return unlock(SQLITE_OK);
    }
    if (power.fault.kind == VFS_FAULT_SHORT && length > 1) {
        record_write(number, (size_t)offset, from, (size_t)length / 2);
    }
    return unlock(power.fault.kind == VFS_FAULT_IO ? SQLITE_IOERR_WRITE : SQLITE_FULL);
}

static int file_truncate(sqlite3_file *file, sqlite3_int64 size) {
    lock();
    if (fails(TRUNCATE)) {
        return unlock(SQLITE_IOERR_TRUNCATE);
    }
    record_file(HISTORY_TRUNCATE, of(file)->file, (size_t)size);
    return unlock(SQLITE_OK);
}

// As Linux does it since 4.13: a failure is told once to everybody who has the file open when it happens, and
// to nobody who opens it later.
static int file_sync(sqlite3_file *file, int flags) {
    (void)flags;
    lock();
    struct handle *handle = of(file);
    unsigned *errors = sync_errors(handle->file);
    if (fails(SYNC)) {
        record(&(struct history_entry){
            .event = HISTORY_SYNC_FAILED, .file = handle->file, .seed = random_next(&power.random)});
        handle->errors_met = ++*errors;
        return unlock(SQLITE_IOERR_FSYNC);
    }
    record_file(HISTORY_SYNC, handle->file, 0);
    if (handle->sync_names) {
        handle->sync_names = false;
        record(&(struct history_entry){.event = HISTORY_SYNC_NAMES});
    }
    bool told = handle->errors_met == *errors;
    handle->errors_met = *errors;
    return unlock(told ? SQLITE_OK : SQLITE_IOERR_FSYNC);
}

static int file_size(sqlite3_file *file, sqlite3_int64 *size) {
    lock();
    *size = (sqlite3_int64)power.disk->files[of(file)->file].size;
    return unlock(SQLITE_OK);
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

// As SQLite's own VFS says on Linux: a write that the power cuts short harms no byte beside those written.
static int file_characteristics(sqlite3_file *file) {
    (void)file;
    return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

// Locks ---------------------------------------------------------------------------------------------------

// The strongest lock that another handle has on the file.
static int others_level(const struct handle *handle) {
    int level = SQLITE_LOCK_NONE;
    for (const struct handle *other = power.handles; other != NULL; other = other->next) {
        if (other != handle && other->file == handle->file && other->level > level) {
            level = other->level;
        }
    }
    return level;
}

static int file_lock(sqlite3_file *file, int level) {
    lock();
    struct handle *handle = of(file);
    int others = others_level(handle);
    bool hindered = level == SQLITE_LOCK_SHARED     ? others >= SQLITE_LOCK_PENDING
                    : level == SQLITE_LOCK_RESERVED ? others >= SQLITE_LOCK_RESERVED
                                                    : others >= SQLITE_LOCK_SHARED;
    if (handle->level >= level) {
        return unlock(SQLITE_OK);
    }
    if (hindered) {
        if (level == SQLITE_LOCK_EXCLUSIVE && others == SQLITE_LOCK_SHARED) {
            handle->level = SQLITE_LOCK_PENDING;
        }
        return unlock(SQLITE_BUSY);
    }
    handle->level = level;
    return unlock(SQLITE_OK);
}

static int file_unlock(sqlite3_file *file, int level) {
    lock();
    if (of(file)->level > level) {
        of(file)->level = level;
    }
    return unlock(SQLITE_OK);
}

static int file_check_reserved(sqlite3_file *file, int *reserved) {
    lock();
    int mine = of(file)->level, others = others_level(of(file));
    *reserved = mine >= SQLITE_LOCK_RESERVED || others >= SQLITE_LOCK_RESERVED;
    return unlock(SQLITE_OK);
}

// Shared memory -------------------------------------------------------------------------------------------

static struct shared_memory *shared_of(struct handle *handle) {
    if (handle->shared != NULL) {
        return handle->shared;
    }
    struct shared_memory *shared = power.shared;
    while (shared != NULL && shared->file != handle->file) {
        shared = shared->next;
    }
    if (shared == NULL) {
        shared = calloc(1, sizeof *shared);
        shared->file = handle->file;
        shared->next = power.shared;
        power.shared = shared;
    }
    shared->users++;
    handle->shared = shared;
    return shared;
}

static int shared_map(sqlite3_file *file, int region, int size, int extend, void volatile **memory) {
    lock();
    struct shared_memory *shared = shared_of(of(file));
    *memory = NULL;
    assert(region < SHARED_REGIONS_MAX);
    if (region >= shared->count && extend) {
        if (fails(SHARE)) {
            return unlock(SQLITE_IOERR_SHMSIZE);
        }
        for (; shared->count <= region; shared->count++) {
            shared->regions[shared->count] = calloc(1, (size_t)size);
        }
    }
    if (region < shared->count) {
        *memory = shared->regions[region];
    }
    return unlock(SQLITE_OK);
}

static int shared_lock(sqlite3_file *file, int offset, int count, int flags) {
    lock();
    struct handle *handle = of(file);
    unsigned mask = ((1U << count) - 1) << offset, theirs_shared = 0, theirs_exclusive = 0;
    for (const struct handle *other = power.handles; other != NULL; other = other->next) {
        if (other != handle && other->file == handle->file) {
            theirs_shared |= other->shared_locks;
            theirs_exclusive |= other->exclusive_locks;
        }
    }
    if (flags & SQLITE_SHM_UNLOCK) {
        handle->shared_locks &= ~mask;
        handle->exclusive_locks &= ~mask;
        return unlock(SQLITE_OK);
    }
    if ((theirs_exclusive & mask) || ((flags & SQLITE_SHM_EXCLUSIVE) && (theirs_shared & mask))) {
        return unlock(SQLITE_BUSY);
    }
    *(flags & SQLITE_SHM_EXCLUSIVE ? &handle->exclusive_locks : &handle->shared_locks) |= mask;
    return unlock(SQLITE_OK);
}

static void shared_barrier(sqlite3_file *file) {
    (void)file;
    lock();
    unlock(0);
}

static int shared_unmap(sqlite3_file *file, int delete) {
    (void)delete;
    lock();
    struct shared_memory *shared = of(file)->shared;
    of(file)->shared = NULL;
    of(file)->shared_locks = of(file)->exclusive_locks = 0;
    if (shared == NULL || --shared->users > 0) {
        return unlock(SQLITE_OK);
    }
    struct shared_memory **at = &power.shared;
    while (*at != shared) {
        at = &(*at)->next;
    }
    *at = shared->next;
    for (int i = 0; i < shared->count; i++) {
        free(shared->regions[i]);
    }
    free(shared);
    return unlock(SQLITE_OK);
}

static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = file_close,
    .xRead = file_read,
    .xWrite = file_write,
    .xTruncate = file_truncate,
    .xSync = file_sync,
    .xFileSize = file_size,
    .xLock = file_lock,
    .xUnlock = file_unlock,
    .xCheckReservedLock = file_check_reserved,
    .xFileControl = file_control,
    .xSectorSize = file_sector_size,
    .xDeviceCharacteristics = file_characteristics,
    .xShmMap = shared_map,
    .xShmLock = shared_lock,
    .xShmBarrier = shared_barrier,
    .xShmUnmap = shared_unmap,
};

// The VFS -------------------------------------------------------------------------------------------------

static int vfs_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *flags_out) {
    (void)vfs;
    file->pMethods = NULL;
    if (name == NULL) { // a file for the time of a statement
        return power.original->xOpen(power.original, name, file, flags, flags_out);
    }
    lock();
    int number = disk_find(power.disk, name);
    bool make = number == DISK_NO_FILE;
    if ((make && !(flags & SQLITE_OPEN_CREATE)) || fails(make ? OPEN_TO_MAKE : OPEN)) {
        return unlock(SQLITE_CANTOPEN);
    }
    if (make) {
        record_named(HISTORY_CREATE, name);
        number = disk_find(power.disk, name);
    }
    struct handle *handle = of(file);
    memset(handle, 0, sizeof *handle);
    snprintf(handle->name, sizeof handle->name, "%s", name);
    handle->file = number;
    handle->errors_met = *sync_errors(number);
    // That of a new log is ignored when it fails; so here it does nothing, and the store must do it itself.
    handle->sync_names = make && (flags & SQLITE_OPEN_MAIN_JOURNAL);
    handle->next = power.handles;
    power.handles = handle;
    handle->base.pMethods = &methods;
    if (flags_out != NULL) {
        *flags_out = flags;
    }
    return unlock(SQLITE_OK);
}

static int vfs_delete(sqlite3_vfs *vfs, const char *name, int sync) {
    (void)vfs;
    lock();
    if (disk_find(power.disk, name) == DISK_NO_FILE) {
        return unlock(SQLITE_IOERR_DELETE_NOENT);
    }
    if (fails(DELETE)) {
        return unlock(SQLITE_IOERR_DELETE);
    }
    record_named(HISTORY_DELETE, name);
    if (sync) {
        if (fails(SYNC_NAMES)) {
            return unlock(SQLITE_IOERR_DIR_FSYNC);
        }
        record(&(struct history_entry){.event = HISTORY_SYNC_NAMES});
    }
    return unlock(SQLITE_OK);
}

static int vfs_access(sqlite3_vfs *vfs, const char *name, int flags, int *result) {
    (void)vfs;
    lock();
    int number = disk_find(power.disk, name);
    // As SQLite's own: to exist is to be there and not empty.
    *result = number != DISK_NO_FILE && (flags != SQLITE_ACCESS_EXISTS || power.disk->files[number].size > 0);
    return unlock(SQLITE_OK);
}

static int vfs_full_path(sqlite3_vfs *vfs, const char *name, int size, char *path) {
    (void)vfs;
    snprintf(path, (size_t)size, "%s", name);
    return SQLITE_OK;
}

static int vfs_randomness(sqlite3_vfs *vfs, int size, char *bytes) {
    (void)vfs;
    lock();
    for (int i = 0; i < size; i++) {
        bytes[i] = (char)random_next(&power.salts);
    }
    return unlock(size);
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

// SQLite's random numbers must not come again: two logs with the same salts would be taken for one. So they
// follow from what is on the disk already, too.
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

// What the store does itself ------------------------------------------------------------------------------

int __wrap_fsync(int descriptor);
ssize_t __wrap_pread(int descriptor, void *to, size_t length, off_t offset);
ssize_t __wrap_pwrite(int descriptor, const void *from, size_t length, off_t offset);

// The file of the disk that the descriptor's name stands for; DISK_NO_FILE for the directory.
static int file_behind(int descriptor) {
    char link[64], name[DISK_NAME_BYTES];
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, name, sizeof name - 1);
    assert(length > 0);
    name[length > 0 ? length : 0] = '\0';
    return disk_find(power.disk, name);
}

static int fail_with_errno(void) {
    errno = EIO;
    return unlock(-1);
}

int __wrap_fsync(int descriptor) {
    lock();
    int file = file_behind(descriptor);
    bool failed = fails(file == DISK_NO_FILE ? SYNC_NAMES : SYNC);
    if (file == DISK_NO_FILE) {
        if (failed) {
            return fail_with_errno();
        }
        record(&(struct history_entry){.event = HISTORY_SYNC_NAMES});
        return unlock(0);
    }
    if (failed) {
        record(&(struct history_entry){
            .event = HISTORY_SYNC_FAILED, .file = file, .seed = random_next(&power.random)});
        ++*sync_errors(file);
        return fail_with_errno();
    }
    record_file(HISTORY_SYNC, file, 0);
    return unlock(0);
}

ssize_t __wrap_pread(int descriptor, void *to, size_t length, off_t offset) {
    lock();
    if (fails(READ)) {
        return fail_with_errno();
    }
    int number = file_behind(descriptor);
    if (number == DISK_NO_FILE) { // made by the store itself, and not by SQLite yet
        return unlock(0);
    }
    const struct disk_file *file = &power.disk->files[number];
    size_t start = (size_t)offset, there = start < file->size ? file->size - start : 0;
    there = there < length ? there : length;
    if (there > 0) {
        memcpy(to, file->bytes + start, there);
    }
    return unlock((int)there);
}

ssize_t __wrap_pwrite(int descriptor, const void *from, size_t length, off_t offset) {
    lock();
    if (fails(WRITE)) {
        if (power.fault.kind != VFS_FAULT_SHORT || length < 2) {
            return fail_with_errno();
        }
        length /= 2;
    }
    record_write(file_behind(descriptor), (size_t)offset, from, length);
    return unlock((int)length);
}
