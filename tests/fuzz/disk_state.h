// What the two parts of the disk share: disk.c has what is on it and what a power cut leaves, disk_vfs.c what
// SQLite does to it.
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

// All of these want the mutex held.

// An empty file that has no name yet.
struct inode *disk_new_inode(void);

// Writes down a change and makes it readable; one whose length is negative is a truncation to `offset`. The
// bytes are copied.
void disk_note_change(struct inode *inode, int64_t offset, const void *data, int length);

// All of its changes are on the disk, or will never be.
void disk_sync_inode(struct inode *inode);
void disk_forget_changes(struct inode *inode);

// An inode without a name may still be open: its memory goes when nothing is.
void disk_bury(struct inode *inode);

// The inode is what the name stands for, on the disk too.
void disk_set_durable(struct name *name, struct inode *inode);

// What the next change meets: SQLITE_OK, or an error; *shortened when a write does half.
int disk_next_change(bool is_sync, bool *shortened);

// Nothing is left of what processes share of the name's log.
void disk_forget_shared(struct name *name);

#endif
