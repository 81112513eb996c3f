// The disk as SQLite sees it.
#include "disk_state.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
    int result = disk_next_change(false, &shortened);
    if (result == SQLITE_OK || shortened) {
        disk_note_change(of(base)->inode, offset, data, shortened ? length / 2 : length);
    }
    pthread_mutex_unlock(&disk.mutex);
    return result;
}

static int truncate_file(sqlite3_file *base, sqlite3_int64 size) {
    bool shortened;
    pthread_mutex_lock(&disk.mutex);
    int result = disk_next_change(false, &shortened);
    if (result == SQLITE_OK) {
        disk_note_change(of(base)->inode, size, NULL, -1);
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
    int result = disk_next_change(true, &shortened);
    if (result == SQLITE_OK) {
        disk_sync_inode(file->inode);
        if (file->name->now == file->inode) {
            disk_set_durable(file->name, file->inode);
        }
    } else if (!disk.is_off) {
        disk_forget_changes(file->inode);
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

// After the last connection closes, the next one begins anew, as with SQLite's own layer.
static int unmap_shared(sqlite3_file *base, int delete) {
    (void)delete;
    struct file *file = of(base);
    pthread_mutex_lock(&disk.mutex);
    change_locks(file, ~0u, SQLITE_SHM_UNLOCK);
    if (disk.open_files <= 2) { // a database and its log: only this connection is left
        disk_forget_shared(file->name);
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
        int result =
            (flags & SQLITE_OPEN_CREATE) == 0 ? SQLITE_CANTOPEN : disk_next_change(false, &shortened);
        if (result != SQLITE_OK) {
            return SQLITE_CANTOPEN;
        }
        name->now = disk_new_inode();
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
        name == NULL || name->now == NULL ? SQLITE_IOERR_DELETE_NOENT : disk_next_change(false, &shortened);
    if (result == SQLITE_OK) {
        if (name->now != name->durable) {
            disk_bury(name->now);
        }
        name->now = NULL;
        if (sync_directory) {
            disk_set_durable(name, NULL);
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

// The store syncs its directory itself, without SQLite: the linker redirects that call here (--wrap=fsync).
int __wrap_fsync(int descriptor);

int __wrap_fsync(int descriptor) {
    (void)descriptor;
    bool shortened;
    pthread_mutex_lock(&disk.mutex);
    int result = disk_next_change(true, &shortened);
    for (int i = 0; i < NAMES_MAX && result == SQLITE_OK; i++) {
        struct name *name = &disk.names[i];
        disk_set_durable(name, name->now);
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
