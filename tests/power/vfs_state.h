// What the parts of the VFS share: its state, under one mutex, and how they record operations and make them
// fail.
#ifndef QUINIELA_TESTS_POWER_VFS_STATE_H
#define QUINIELA_TESTS_POWER_VFS_STATE_H

#include "vfs.h"

#include <pthread.h>
#include <sqlite3.h>

enum operation { READ, OPEN_TO_MAKE, OPEN, WRITE, GROWING_WRITE, SYNC, TRUNCATE, DELETE, SYNC_NAMES, SHARE };

struct shared_memory;

struct handle {
    sqlite3_file base;
    char name[DISK_NAME_BYTES];
    int file, level;     // of the lock on the file
    bool read_only;      // opened read-only
    unsigned errors_met; // failed syncs of the file that this handle has been told of
    bool sync_names;     // SQLite syncs the directory of a new rollback journal with its first sync
    struct shared_memory *shared;
    unsigned shared_locks, exclusive_locks; // of the shared memory, a bit each
    struct handle *next;
};

struct power {
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
};

extern struct power power;

// The caller of everything below, except vfs_lock, holds the mutex.
void vfs_lock(void);

// Releases the mutex, and returns `result`.
int vfs_unlock(int result);

struct handle *vfs_handle(sqlite3_file *file);

// Counts the operation, and returns whether it meets the fault.
bool vfs_fails(enum operation operation);

// These apply the operation to the disk and record it in the history. The bytes are copied.
void vfs_record(const struct history_entry *entry);
void vfs_record_named(enum history_event event, const char *name);
void vfs_record_file(enum history_event event, int file, size_t size);
void vfs_record_write(int file, size_t offset, const void *from, size_t length);

// How many syncs of the file have failed.
unsigned *vfs_sync_errors(int file);

// SQLite's methods of a file, in vfs_file.c, and those of its locks, in vfs_locks.c.
extern const sqlite3_io_methods vfs_methods;
int vfs_file_lock(sqlite3_file *file, int level);
int vfs_file_unlock(sqlite3_file *file, int level);
int vfs_file_check_reserved(sqlite3_file *file, int *reserved);
int vfs_shared_map(sqlite3_file *file, int region, int size, int extend, void volatile **memory);
int vfs_shared_lock(sqlite3_file *file, int offset, int count, int flags);
void vfs_shared_barrier(sqlite3_file *file);
int vfs_shared_unmap(sqlite3_file *file, int delete);

#endif
