// A VFS for SQLite over the disk of disk.h, in memory, with locks and shared memory for the connections of
// this process. It records what is done to the disk, and makes operations fail on demand. The store's own
// calls of fsync and posix_fadvise, for its log and the directory, come here too (the program is linked with
// --wrap for both).
#ifndef QUINIELA_TESTS_POWER_VFS_H
#define QUINIELA_TESTS_POWER_VFS_H

#include "disk.h"
#include "history.h"

enum vfs_fault_kind {
    VFS_NO_FAULT,
    VFS_FAULT_IO,    // an error in any operation that changes something: open, write, sync, truncate, delete
    VFS_FAULT_SYNC,  // only syncs, of files and of the directory
    VFS_FAULT_FULL,  // no room: fails what creates a file or makes it longer
    VFS_FAULT_SHORT, // half of the bytes are written, and then there is no room
    VFS_FAULT_READ,
    VFS_FAULT_KINDS,
};

struct vfs_fault {
    enum vfs_fault_kind kind;
    uint64_t at; // the operation that fails, from 1 on, among those of its kind
    bool for_ever;
};

// Makes this VFS SQLite's default. Call it once.
void vfs_register(void);

// Mounts a disk, and records in `history` what is done to it. Both belong to the caller, and must live until
// vfs_unmount. No connection may be open then.
void vfs_mount(struct disk *disk, struct history *history, uint64_t seed);
void vfs_unmount(void);

// Sets the fault that will come, and counts from 0 again.
void vfs_set_fault(const struct vfs_fault *fault);

// Operations of the fault's kind so far, and how many of them failed.
uint64_t vfs_operations(void);
uint64_t vfs_faults(void);

// The first bytes of the file, at most `length`; -1 when there is no such file.
int vfs_peek(const char *name, uint8_t *bytes, int length);

// Writes an entry of the lottery into the history.
void vfs_note(const struct history_entry *entry);

#endif
