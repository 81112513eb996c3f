// Locks and shared memory follow sqlite.org/c3ref/io_methods.html. Shared memory does not outlive its last
// connection: the next one to open the database builds it anew, as with SQLite's own VFS.
#include "vfs_state.h"

#include <assert.h>
#include <stdlib.h>

enum { SHARED_REGIONS_MAX = 16 };

struct shared_memory {
    int file, users;
    void *regions[SHARED_REGIONS_MAX];
    int count;
    struct shared_memory *next;
};

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

// A read-only descriptor gets no write lock (fcntl(2), EBADF), and SQLite's own VFS then reports that. So a
// mere reader never moves a log.
int vfs_file_lock(sqlite3_file *file, int level) {
    vfs_lock();
    struct handle *handle = vfs_handle(file);
    int others = others_level(handle);
    bool hindered = level == SQLITE_LOCK_SHARED     ? others >= SQLITE_LOCK_PENDING
                    : level == SQLITE_LOCK_RESERVED ? others >= SQLITE_LOCK_RESERVED
                                                    : others >= SQLITE_LOCK_SHARED;
    if (handle->level >= level) {
        return vfs_unlock(SQLITE_OK);
    }
    if (level > SQLITE_LOCK_SHARED && handle->read_only) {
        return vfs_unlock(SQLITE_IOERR_LOCK);
    }
    if (hindered) {
        if (level == SQLITE_LOCK_EXCLUSIVE && others == SQLITE_LOCK_SHARED) {
            handle->level = SQLITE_LOCK_PENDING;
        }
        return vfs_unlock(SQLITE_BUSY);
    }
    handle->level = level;
    return vfs_unlock(SQLITE_OK);
}

int vfs_file_unlock(sqlite3_file *file, int level) {
    vfs_lock();
    if (vfs_handle(file)->level > level) {
        vfs_handle(file)->level = level;
    }
    return vfs_unlock(SQLITE_OK);
}

int vfs_file_check_reserved(sqlite3_file *file, int *reserved) {
    vfs_lock();
    int mine = vfs_handle(file)->level, others = others_level(vfs_handle(file));
    *reserved = mine >= SQLITE_LOCK_RESERVED || others >= SQLITE_LOCK_RESERVED;
    return vfs_unlock(SQLITE_OK);
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

int vfs_shared_map(sqlite3_file *file, int region, int size, int extend, void volatile **memory) {
    vfs_lock();
    struct shared_memory *shared = shared_of(vfs_handle(file));
    *memory = NULL;
    assert(region < SHARED_REGIONS_MAX);
    if (region >= shared->count && extend) {
        if (vfs_fails(SHARE)) {
            return vfs_unlock(SQLITE_IOERR_SHMSIZE);
        }
        for (; shared->count <= region; shared->count++) {
            shared->regions[shared->count] = calloc(1, (size_t)size);
        }
    }
    if (region < shared->count) {
        *memory = shared->regions[region];
    }
    return vfs_unlock(SQLITE_OK);
}

int vfs_shared_lock(sqlite3_file *file, int offset, int count, int flags) {
    vfs_lock();
    struct handle *handle = vfs_handle(file);
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
        return vfs_unlock(SQLITE_OK);
    }
    if ((theirs_exclusive & mask) || ((flags & SQLITE_SHM_EXCLUSIVE) && (theirs_shared & mask))) {
        return vfs_unlock(SQLITE_BUSY);
    }
    *(flags & SQLITE_SHM_EXCLUSIVE ? &handle->exclusive_locks : &handle->shared_locks) |= mask;
    return vfs_unlock(SQLITE_OK);
}

void vfs_shared_barrier(sqlite3_file *file) {
    (void)file;
    vfs_lock();
    vfs_unlock(0);
}

int vfs_shared_unmap(sqlite3_file *file, int delete) {
    (void)delete;
    vfs_lock();
    struct shared_memory *shared = vfs_handle(file)->shared;
    vfs_handle(file)->shared = NULL;
    vfs_handle(file)->shared_locks = vfs_handle(file)->exclusive_locks = 0;
    if (shared == NULL || --shared->users > 0) {
        return vfs_unlock(SQLITE_OK);
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
    return vfs_unlock(SQLITE_OK);
}
