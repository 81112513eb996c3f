#include "disk_state.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct disk_state disk = {.mutex = PTHREAD_MUTEX_INITIALIZER};

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

void disk_note_change(struct inode *inode, int64_t offset, const void *data, int length) {
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

void disk_forget_changes(struct inode *inode) {
    for (struct change *change = inode->changes, *next; change != NULL; change = next) {
        next = change->next;
        free(change);
    }
    inode->changes = NULL;
    inode->last = &inode->changes;
}

void disk_sync_inode(struct inode *inode) {
    for (const struct change *change = inode->changes; change != NULL; change = change->next) {
        apply(&inode->durable, change);
    }
    disk_forget_changes(inode);
}

struct inode *disk_new_inode(void) {
    struct inode *inode = calloc(1, sizeof *inode);
    assert(inode != NULL);
    inode->last = &inode->changes;
    return inode;
}

static void free_inode(struct inode *inode) {
    disk_forget_changes(inode);
    free(inode->durable.data);
    free(inode->now.data);
    free(inode);
}

void disk_bury(struct inode *inode) {
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

void disk_set_durable(struct name *name, struct inode *inode) {
    if (name->durable != NULL && name->durable != inode) {
        disk_bury(name->durable);
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

// What is left of an inode. Each cut has a mood: none, half, or all of the unsynced changes have arrived, and
// the last one may be torn.
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
    disk_forget_changes(inode);
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
            disk_set_durable(name, name->now);
        }
    }
}

int disk_next_change(bool is_sync, bool *shortened) {
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
        return is_sync ? SQLITE_IOERR_FSYNC : SQLITE_FULL; // as SQLite's own layer reports a short write
    default:
        return is_sync ? SQLITE_IOERR_FSYNC : SQLITE_IOERR;
    }
}

// The stories' side ---------------------------------------------------------------------------------------

void disk_forget_shared(struct name *name) {
    for (int i = 0; i < REGIONS_MAX; i++) {
        free(name->shared.regions[i]);
    }
    name->shared = (struct shared){0};
}

static void drop_name(struct name *name) {
    if (name->now != NULL && name->now != name->durable) {
        free_inode(name->now);
    }
    if (name->durable != NULL) {
        free_inode(name->durable);
    }
    disk_forget_shared(name);
    *name = (struct name){0};
}

void disk_erase(uint64_t seed) {
    assert(disk.open_files == 0);
    for (int i = 0; i < NAMES_MAX; i++) {
        drop_name(&disk.names[i]);
    }
    free_buried();
    disk.random = seed * 2 + 1;
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
    if (!disk.is_off) { // the power fails now, when nothing is open
        cut_power();
    }
    for (int i = 0; i < NAMES_MAX; i++) {
        struct name *name = &disk.names[i];
        if (name->now != NULL && name->now != name->durable) {
            disk_bury(name->now);
        }
        name->now = name->durable;
        if (name->now != NULL) {
            name->now->now.size = 0;
            put(&name->now->now, 0, name->now->durable.data, (int)name->now->durable.size);
        }
        disk_forget_shared(name);
    }
    free_buried();
    disk.is_off = false;
    disk_fail_at(0, DISK_POWER_CUT, false);
}
