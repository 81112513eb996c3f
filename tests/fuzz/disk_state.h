// What the two parts of the disk share: disk.c has its contents and what a power cut leaves; disk_vfs.c has
// SQLite's operations on it.
#ifndef QUINIELA_TESTS_FUZZ_DISK_STATE_H
#define QUINIELA_TESTS_FUZZ_DISK_STATE_H

#include "disk.h"

#include <pthread.h>
#include <sqlite3.h>

enum { NAMES_MAX = 16, SECTOR = 512, REGIONS_MAX = 8, OPEN_SHM_LOCKS = SQLITE_SHM_NLOCK };

struct bytes {
    uint8_t *data;
    int64_t size, capacity;
};

// An unsynced change: bytes at an offset, or, without bytes, a new size.
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

// The memory in which processes share a file's log: none of it survives.
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

struct disk_state {
    pthread_mutex_t mutex;
    struct name names[NAMES_MAX];
    uint64_t random;
    long operations, fails_at;
    enum disk_fault fault;
    bool for_ever, met, is_off;
    int open_files;
    struct inode *buried;
};

extern struct disk_state disk;

// The caller of any of these holds the mutex.

// An empty file that has no name yet.
struct inode *disk_new_inode(void);

// Notes a change and makes it readable. A change of negative length is a truncation to `offset`. The bytes
// are copied.
void disk_note_change(struct inode *inode, int64_t offset, const void *data, int length);

// All of its changes are on the disk, or will never be.
void disk_sync_inode(struct inode *inode);
void disk_forget_changes(struct inode *inode);

// An inode without a name may still be open: its memory is freed when no file is open.
void disk_bury(struct inode *inode);

// Makes the name stand for the inode, on the disk too.
void disk_set_durable(struct name *name, struct inode *inode);

// The outcome of the next change: SQLITE_OK, or an error. *shortened is set when a write only does half.
int disk_next_change(bool is_sync, bool *shortened);

// Frees the memory in which processes share the name's log.
void disk_forget_shared(struct name *name);

#endif
