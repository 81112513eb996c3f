#include "disk.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAMES_MAX = 16, SECTOR = 512, REGIONS_MAX = 8, OPEN_SHM_LOCKS = SQLITE_SHM_NLOCK };

struct bytes {
    uint8_t *data;
    int64_t size, capacity;
};

// A change that has not been synced: bytes at an offset, or a new size where there are none.
struct change {
    struct change *next;
    int64_t offset;
    int length;
    uint8_t data[];
};

struct inode {
    struct bytes durable, now;
    struct change *changes, **last;
    struct inode *next_buried;
};

// What processes share of a file's log: nothing of it survives.
struct shared {
    uint8_t *regions[REGIONS_MAX];
    int readers[OPEN_SHM_LOCKS];
    bool writers[OPEN_SHM_LOCKS];
};

struct name {
    char text[512];
    struct inode *durable, *now;
    struct shared shared;
};

struct file {
    sqlite3_file base;
    struct name *name;
    struct inode *inode;
    unsigned shared_locks, exclusive_locks; // of the shared memory, a bit each
};

static struct {
    pthread_mutex_t mutex;
    struct name names[NAMES_MAX];
    uint64_t random;
    long operations, fails_at;
    enum disk_fault fault;
    bool for_ever, met, is_off;
    int open_files;
    struct inode *buried;
} disk = {.mutex = PTHREAD_MUTEX_INITIALIZER};

static uint64_t random_below(uint64_t limit) { // xorshift64*
    disk.random ^= disk.random >> 12;
    disk.random ^= disk.random << 25;
    disk.random ^= disk.random >> 27;
    return (disk.random * 2685821657736338717u >> 16) % limit;
}

// Contents ------------------------------------------------------------------------------------------------

static void resize(struct bytes *bytes, int64_t size) {
    if (size > bytes->capacity) {
        bytes->capacity = size * 2;
        bytes->data = realloc(bytes->data, (size_t)bytes->capacity);
        assert(bytes->data != NULL);
    }
    if (size > bytes->size) {
        memset(bytes->data + bytes->size, 0, (size_t)(size - bytes->size));
    }
    bytes->size = size;
}

static void put(struct bytes *bytes, int64_t offset, const uint8_t *data, int length) {
    if (offset + length > bytes->size) {
        resize(bytes, offset + length);
    }
    if (length > 0) {
        memcpy(bytes->data + offset, data, (size_t)length);
    }
}

static void apply(struct bytes *bytes, const struct change *change) {
    if (change->length < 0) {
        resize(bytes, change->offset);
    } else {
        put(bytes, change->offset, change->data, change->length);
    }
}

// Takes over a change whose length is negative as a truncation to `offset`.
static void note_change(struct inode *inode, int64_t offset, const void *data, int length) {
    struct change *change = malloc(sizeof *change + (length > 0 ? (size_t)length : 0));
    assert(change != NULL);
    *change = (struct change){.offset = offset, .length = length};
    if (length > 0) {
        memcpy(change->data, data, (size_t)length);
    }
    apply(&inode->now, change);
    *inode->last = change;
    inode->last = &change->next;
}

static void forget_changes(struct inode *inode) {
    for (struct change *change = inode->changes, *next; change != NULL; change = next) {
        next = change->next;
        free(change);
    }
    inode->changes = NULL;
    inode->last = &inode->changes;
}

static void sync_inode(struct inode *inode) {
    for (const struct change *change = inode->changes; change != NULL; change = change->next) {
        apply(&inode->durable, change);
    }
    forget_changes(inode);
}

static struct inode *new_inode(void) {
    struct inode *inode = calloc(1, sizeof *inode);
    assert(inode != NULL);
    inode->last = &inode->changes;
    return inode;
}

static void free_inode(struct inode *inode) {
    forget_changes(inode);
    free(inode->durable.data);
    free(inode->now.data);
    free(inode);
}

// An inode without a name may still be open: its memory goes when nothing is.
static void bury(struct inode *inode) {
    inode->next_buried = disk.buried;
    disk.buried = inode;
}

static void free_buried(void) {
    while (disk.buried != NULL) {
        struct inode *inode = disk.buried;
        disk.buried = inode->next_buried;
        free_inode(inode);
    }
}

static void set_durable(struct name *name, struct inode *inode) {
    if (name->durable != NULL && name->durable != inode) {
        bury(name->durable);
    }
    name->durable = inode;
}

// The power cut -------------------------------------------------------------------------------------------

// Some sectors of a write reach the disk, others do not, and one may hold anything.
static void tear(struct bytes *bytes, const struct change *change) {
    for (int at = 0; at < change->length; at += SECTOR) {
        int length = change->length - at < SECTOR ? change->length - at : SECTOR;
        if (random_below(2) == 0) {
            put(bytes, change->offset + at, change->data + at, length);
        } else if (random_below(8) == 0) {
            uint8_t garbage[SECTOR];
            memset(garbage, (int)random_below(256), sizeof garbage);
            put(bytes, change->offset + at, garbage, length);
        }
    }
}

// What is left of an inode. Each cut has a mood: nothing, half, or all of what was not synced has arrived,
// and the last of it may be torn.
static void cut_inode(struct inode *inode, unsigned mood) {
    for (const struct change *change = inode->changes; change != NULL; change = change->next) {
        bool arrives = mood == 0 ? false : mood == 1 ? random_below(2) == 0 : true;
        if (mood == 3 && change->next == NULL && change->length > 0) {
            tear(&inode->durable, change);
        } else if (mood == 1 && change->length > 0 && random_below(4) == 0) {
            tear(&inode->durable, change);
        } else if (arrives) {
            apply(&inode->durable, change);
        }
    }
    forget_changes(inode);
}

static void cut_power(void) {
    disk.is_off = true;
    for (int i = 0; i < NAMES_MAX; i++) {
        struct name *name = &disk.names[i];
        unsigned mood = (unsigned)random_below(4);
        if (name->now != NULL) {
            cut_inode(name->now, mood);
        }
        if (name->durable != NULL && name->durable != name->now) {
            cut_inode(name->durable, mood);
        }
        if (name->now != name->durable && random_below(2) == 0) { // the directory's entry had arrived
            set_durable(name, name->now);
        }
    }
}

// What the next change meets: SQLITE_OK, or an error; *shortened when a write does half.
static int next_change(bool is_sync, bool *shortened) {
    *shortened = false;
    if (disk.is_off) {
        return SQLITE_IOERR;
    }
    disk.operations++;
    bool fails = disk.fails_at > 0 &&
                 (disk.operations == disk.fails_at || (disk.for_ever && disk.operations > disk.fails_at));
    if (!fails) {
        return SQLITE_OK;
    }
    disk.met = true;
    switch (disk.fault) {
    case DISK_POWER_CUT:
        cut_power();
        return SQLITE_IOERR;
    case DISK_FULL:
        return is_sync ? SQLITE_IOERR_FSYNC : SQLITE_FULL;
    case DISK_SHORT_WRITE:
        *shortened = true;
        return is_sync ? SQLITE_IOERR_FSYNC : SQLITE_FULL; // as SQLite's own layer tells a short write
    default:
        return is_sync ? SQLITE_IOERR_FSYNC : SQLITE_IOERR;
    }
}

// Files ---------------------------------------------------------------------------------------------------

static struct file *of(sqlite3_file *base) {
    return (struct file *)base;
}

static int close_file(sqlite3_file *base) {
    (void)base;
    pthread_mutex_lock(&disk.mutex);
    disk.open_files--;
    pthread_mutex_unlock(&disk.mutex);
    return SQLITE_OK;
}

static int read_file(sqlite3_file *base, void *buffer, int length, sqlite3_int64 offset) {
    pthread_mutex_lock(&disk.mutex);
    const struct bytes *now = &of(base)->inode->now;
    int64_t there = offset < now->size ? now->size - offset : 0;
    int taken = there < length ? (int)there : length;
    if (taken > 0) {
        memcpy(buffer, now->data + offset, (size_t)taken);
    }
    memset((char *)buffer + taken, 0, (size_t)(length - taken));
    int result = disk.is_off ? SQLITE_IOERR_READ : taken < length ? SQLITE_IOERR_SHORT_READ : SQLITE_OK;
    pthread_mutex_unlock(&disk.mutex);
    return result;
}

static int write_file(sqlite3_file *base, const void *data, int length, sqlite3_int64 offset) {
    bool shortened;
    pthread_mutex_lock(&disk.mutex);
    int result = next_change(false, &shortened);
    if (result == SQLITE_OK || shortened) {
        note_change(of(base)->inode, offset, data, shortened ? length / 2 : length);
    }
    pthread_mutex_unlock(&disk.mutex);
    return result;
}

static int truncate_file(sqlite3_file *base, sqlite3_int64 size) {
    bool shortened;
    pthread_mutex_lock(&disk.mutex);
    int result = next_change(false, &shortened);
    if (result == SQLITE_OK) {
        note_change(of(base)->inode, size, NULL, -1);
    }
    pthread_mutex_unlock(&disk.mutex);
    return result;
}

// As SQLite's own layer does, the first sync of a new file syncs its directory, too.
static int sync_file(sqlite3_file *base, int flags) {
    (void)flags;
    bool shortened;
    struct file *file = of(base);
    pthread_mutex_lock(&disk.mutex);
    int result = next_change(true, &shortened);
    if (result == SQLITE_OK) {
        sync_inode(file->inode);
        if (file->name->now == file->inode) {
            set_durable(file->name, file->inode);
        }
    } else if (!disk.is_off) {
        forget_changes(file->inode);
    }
    pthread_mutex_unlock(&disk.mutex);
    return result;
}

static int file_size(sqlite3_file *base, sqlite3_int64 *size) {
    pthread_mutex_lock(&disk.mutex);
    *size = of(base)->inode->now.size;
    pthread_mutex_unlock(&disk.mutex);
    return SQLITE_OK;
}

// One process, which has the store's own lock: SQLite's locks on the database are never contended.
static int lock_file(sqlite3_file *base, int level) {
    (void)base, (void)level;
    return SQLITE_OK;
}

static int is_reserved(sqlite3_file *base, int *reserved) {
    (void)base;
    *reserved = 0;
    return SQLITE_OK;
}

static int control(sqlite3_file *base, int operation, void *argument) {
    (void)base, (void)operation, (void)argument;
    return SQLITE_NOTFOUND;
}

static int sector_size(sqlite3_file *base) {
    (void)base;
    return SECTOR;
}

static int characteristics(sqlite3_file *base) {
    (void)base;
    return SQLITE_IOCAP_POWERSAFE_OVERWRITE; // as SQLite takes for granted on Linux
}

// Shared memory -------------------------------------------------------------------------------------------

static int map_shared(sqlite3_file *base, int region, int size, int extend, void volatile **memory) {
    struct shared *shared = &of(base)->name->shared;
    assert(region < REGIONS_MAX);
    pthread_mutex_lock(&disk.mutex);
    if (shared->regions[region] == NULL && extend) {
        shared->regions[region] = calloc(1, (size_t)size);
    }
    *memory = shared->regions[region];
    pthread_mutex_unlock(&disk.mutex);
    return SQLITE_OK;
}

static bool may_lock(const struct file *file, unsigned mask, bool exclusive) {
    const struct shared *shared = &file->name->shared;
    for (int i = 0; i < OPEN_SHM_LOCKS; i++) {
        bool mine = (file->shared_locks >> i & 1) != 0;
        if ((mask >> i & 1) != 0 &&
            (shared->writers[i] || (exclusive && shared->readers[i] > (mine ? 1 : 0)))) {
            return false;
        }
    }
    return true;
}

static void change_locks(struct file *file, unsigned mask, int flags) {
    struct shared *shared = &file->name->shared;
    for (int i = 0; i < OPEN_SHM_LOCKS; i++) {
        unsigned bit = 1u << i;
        if ((mask & bit) == 0) {
            continue;
        }
        if ((flags & SQLITE_SHM_UNLOCK) != 0) {
            shared->readers[i] -= (file->shared_locks & bit) != 0;
            shared->writers[i] = shared->writers[i] && (file->exclusive_locks & bit) == 0;
            file->shared_locks &= ~bit;
            file->exclusive_locks &= ~bit;
        } else if ((flags & SQLITE_SHM_EXCLUSIVE) != 0) {
            shared->writers[i] = true;
            file->exclusive_locks |= bit;
        } else if ((file->shared_locks & bit) == 0) {
            shared->readers[i]++;
            file->shared_locks |= bit;
        }
    }
}

static int lock_shared(sqlite3_file *base, int offset, int count, int flags) {
    struct file *file = of(base);
    unsigned mask = ((1u << count) - 1) << offset;
    int result = SQLITE_OK;
    pthread_mutex_lock(&disk.mutex);
    if ((flags & SQLITE_SHM_LOCK) != 0 && !may_lock(file, mask, (flags & SQLITE_SHM_EXCLUSIVE) != 0)) {
        result = SQLITE_BUSY;
    } else {
        change_locks(file, mask, flags);
    }
    pthread_mutex_unlock(&disk.mutex);
    return result;
}

static void barrier(sqlite3_file *base) {
    (void)base;
    pthread_mutex_lock(&disk.mutex);
    pthread_mutex_unlock(&disk.mutex);
}

static void forget_shared(struct name *name) {
    for (int i = 0; i < REGIONS_MAX; i++) {
        free(name->shared.regions[i]);
    }
    name->shared = (struct shared){0};
}

// The last one to close makes the next one begin anew, as SQLite's own layer has it.
static int unmap_shared(sqlite3_file *base, int delete) {
    (void)delete;
    struct file *file = of(base);
    pthread_mutex_lock(&disk.mutex);
    change_locks(file, ~0u, SQLITE_SHM_UNLOCK);
    if (disk.open_files <= 2) { // a database and its log: one connection is left, which is this one
        forget_shared(file->name);
    }
    pthread_mutex_unlock(&disk.mutex);
    return SQLITE_OK;
}

static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = close_file,
    .xRead = read_file,
    .xWrite = write_file,
    .xTruncate = truncate_file,
    .xSync = sync_file,
    .xFileSize = file_size,
    .xLock = lock_file,
    .xUnlock = lock_file,
    .xCheckReservedLock = is_reserved,
    .xFileControl = control,
    .xSectorSize = sector_size,
    .xDeviceCharacteristics = characteristics,
    .xShmMap = map_shared,
    .xShmLock = lock_shared,
    .xShmBarrier = barrier,
    .xShmUnmap = unmap_shared,
};

// Names ---------------------------------------------------------------------------------------------------

static struct name *find(const char *text, bool make) {
    for (int i = 0; i < NAMES_MAX; i++) {
        struct name *name = &disk.names[i];
        if (name->text[0] == '\0' && make) {
            snprintf(name->text, sizeof name->text, "%s", text);
        }
        if (strcmp(name->text, text) == 0) {
            return name;
        }
    }
    assert(!make);
    return NULL;
}

static int open_named(struct file *file, const char *text, int flags) {
    bool shortened;
    if (disk.is_off) {
        return SQLITE_CANTOPEN;
    }
    struct name *name = find(text, true);
    if (name->now == NULL) {
        int result = (flags & SQLITE_OPEN_CREATE) == 0 ? SQLITE_CANTOPEN : next_change(false, &shortened);
        if (result != SQLITE_OK) {
            return SQLITE_CANTOPEN;
        }
        name->now = new_inode();
    }
    *file = (struct file){.base.pMethods = &methods, .name = name, .inode = name->now};
    disk.open_files++;
    return SQLITE_OK;
}

static int open_file(sqlite3_vfs *vfs, const char *text, sqlite3_file *base, int flags, int *out_flags) {
    (void)vfs;
    assert(text != NULL); // no statement of ours needs a temporary file
    base->pMethods = NULL;
    pthread_mutex_lock(&disk.mutex);
    int result = open_named(of(base), text, flags);
    pthread_mutex_unlock(&disk.mutex);
    if (out_flags != NULL) {
        *out_flags = flags;
    }
    return result;
}

static int delete_file(sqlite3_vfs *vfs, const char *text, int sync_directory) {
    (void)vfs;
    bool shortened;
    pthread_mutex_lock(&disk.mutex);
    struct name *name = find(text, false);
    int result =
        name == NULL || name->now == NULL ? SQLITE_IOERR_DELETE_NOENT : next_change(false, &shortened);
    if (result == SQLITE_OK) {
        if (name->now != name->durable) {
            bury(name->now);
        }
        name->now = NULL;
        if (sync_directory) {
            set_durable(name, NULL);
        }
    }
    pthread_mutex_unlock(&disk.mutex);
    return result;
}

static int access_file(sqlite3_vfs *vfs, const char *text, int flags, int *result) {
    (void)vfs, (void)flags;
    pthread_mutex_lock(&disk.mutex);
    const struct name *name = find(text, false);
    *result = name != NULL && name->now != NULL;
    pthread_mutex_unlock(&disk.mutex);
    return SQLITE_OK;
}

static int full_path(sqlite3_vfs *vfs, const char *text, int size, char *path) {
    (void)vfs;
    snprintf(path, (size_t)size, "%s", text);
    return SQLITE_OK;
}

// The store syncs its directory itself, past SQLite: the linker hands that call over (--wrap=fsync).
int __wrap_fsync(int descriptor);

int __wrap_fsync(int descriptor) {
    (void)descriptor;
    bool shortened;
    pthread_mutex_lock(&disk.mutex);
    int result = next_change(true, &shortened);
    for (int i = 0; i < NAMES_MAX && result == SQLITE_OK; i++) {
        struct name *name = &disk.names[i];
        set_durable(name, name->now);
    }
    pthread_mutex_unlock(&disk.mutex);
    errno = EIO;
    return result == SQLITE_OK ? 0 : -1;
}

void disk_register(void) {
    static sqlite3_vfs vfs;
    vfs = *sqlite3_vfs_find(NULL); // time, sleep and chance are the system's
    vfs.zName = "power";
    vfs.szOsFile = sizeof(struct file);
    vfs.xOpen = open_file;
    vfs.xDelete = delete_file;
    vfs.xAccess = access_file;
    vfs.xFullPathname = full_path;
    sqlite3_vfs_register(&vfs, 1);
}

// The stories' side ---------------------------------------------------------------------------------------

static void drop_name(struct name *name) {
    if (name->now != NULL && name->now != name->durable) {
        free_inode(name->now);
    }
    if (name->durable != NULL) {
        free_inode(name->durable);
    }
    forget_shared(name);
    *name = (struct name){0};
}

void disk_erase(uint64_t seed) {
    assert(disk.open_files == 0);
    for (int i = 0; i < NAMES_MAX; i++) {
        drop_name(&disk.names[i]);
    }
    free_buried();
    disk.random = seed * 2 + 1;
    free_buried();
    disk.is_off = false;
    disk_fail_at(0, DISK_POWER_CUT, false);
}

void disk_fail_at(long operation, enum disk_fault fault, bool for_ever) {
    pthread_mutex_lock(&disk.mutex);
    disk.operations = 0;
    disk.fails_at = operation;
    disk.fault = fault;
    disk.for_ever = for_ever;
    disk.met = false;
    pthread_mutex_unlock(&disk.mutex);
}

long disk_operations(void) {
    return disk.operations;
}

bool disk_fault_was_met(void) {
    return disk.met;
}

void disk_power_on(void) {
    assert(disk.open_files == 0);
    if (!disk.is_off) { // it goes now, when nothing is open
        cut_power();
    }
    for (int i = 0; i < NAMES_MAX; i++) {
        struct name *name = &disk.names[i];
        if (name->now != NULL && name->now != name->durable) {
            bury(name->now);
        }
        name->now = name->durable;
        if (name->now != NULL) {
            name->now->now.size = 0;
            put(&name->now->now, 0, name->now->durable.data, (int)name->now->durable.size);
        }
        forget_shared(name);
    }
    free_buried();
    disk.is_off = false;
    disk_fail_at(0, DISK_POWER_CUT, false);
}
