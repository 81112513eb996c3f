// The system calls that the store makes itself, without SQLite: the linker redirects them here (--wrap).
#include "vfs_state.h"

#include "base/random.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int __wrap_fsync(int descriptor);
ssize_t __wrap_pread(int descriptor, void *to, size_t length, off_t offset);
ssize_t __wrap_pwrite(int descriptor, const void *from, size_t length, off_t offset);

// The file of the disk that the descriptor's name stands for; DISK_NO_FILE for the directory.
static int file_of(int descriptor) {
    char link[64], name[DISK_NAME_BYTES];
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, name, sizeof name - 1);
    assert(length > 0);
    name[length > 0 ? length : 0] = '\0';
    return disk_find(power.disk, name);
}

static int fail_with_errno(void) {
    errno = EIO;
    return vfs_unlock(-1);
}

int __wrap_fsync(int descriptor) {
    vfs_lock();
    int file = file_of(descriptor);
    bool failed = vfs_fails(file == DISK_NO_FILE ? SYNC_NAMES : SYNC);
    if (file == DISK_NO_FILE) {
        if (failed) {
            return fail_with_errno();
        }
        vfs_record(&(struct history_entry){.event = HISTORY_SYNC_NAMES});
        return vfs_unlock(0);
    }
    if (failed) {
        vfs_record(&(struct history_entry){
            .event = HISTORY_SYNC_FAILED, .file = file, .seed = random_next(&power.random)});
        ++*vfs_sync_errors(file);
        return fail_with_errno();
    }
    vfs_record_file(HISTORY_SYNC, file, 0);
    return vfs_unlock(0);
}

ssize_t __wrap_pread(int descriptor, void *to, size_t length, off_t offset) {
    vfs_lock();
    if (vfs_fails(READ)) {
        return fail_with_errno();
    }
    int number = file_of(descriptor);
    if (number == DISK_NO_FILE) { // the store has made it, and SQLite has not yet
        return vfs_unlock(0);
    }
    const struct disk_file *file = &power.disk->files[number];
    size_t start = (size_t)offset, there = start < file->size ? file->size - start : 0;
    there = there < length ? there : length;
    if (there > 0) {
        memcpy(to, file->bytes + start, there);
    }
    return vfs_unlock((int)there);
}

ssize_t __wrap_pwrite(int descriptor, const void *from, size_t length, off_t offset) {
    vfs_lock();
    if (vfs_fails(WRITE)) {
        if (power.fault.kind != VFS_FAULT_SHORT || length < 2) {
            return fail_with_errno();
        }
        length /= 2;
    }
    vfs_record_write(file_of(descriptor), (size_t)offset, from, length);
    return vfs_unlock((int)length);
}
