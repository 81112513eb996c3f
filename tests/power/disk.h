// A disk that distinguishes durable data from data that is only in the system's memory: files, their names,
// and every change since the last sync. From these it makes the disk that a power cut leaves.
#ifndef QUINIELA_TESTS_POWER_DISK_H
#define QUINIELA_TESTS_POWER_DISK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { DISK_NAMES_MAX = 8, DISK_NAME_BYTES = 160, DISK_CACHE_PAGE_BYTES = 4096, DISK_NO_FILE = -1 };

// A write (`bytes`, which outlive the disk) or a truncation (no bytes; `offset` is the new size).
struct disk_change {
    size_t offset, length;
    const uint8_t *bytes;
};

struct disk_file {
    uint8_t *bytes, *durable; // as it is read, and as it is on the disk
    size_t size, room, durable_size, durable_room;
    struct disk_change *changes; // since the last sync, in order
    size_t count, capacity;
    uint8_t *dropped; // for each page of the cache: it can be read, but will never be written
    size_t dropped_pages;
    uint8_t **owned; // bytes of changes that nothing else owns
    size_t owned_count;
};

struct disk_name {
    char text[DISK_NAME_BYTES];
    int *files; // numbers of the files it has named since the last sync of the names, the current one last
    size_t count;
};

struct disk {
    struct disk_file *files;
    int file_count;
    struct disk_name names[DISK_NAMES_MAX];
    int name_count;
};

// Which of the writes not yet synced survive a power cut.
enum disk_choice {
    DISK_NONE,
    DISK_ALL,
    DISK_EACH, // each with a chance of `percent`
    DISK_FIRST,
    DISK_LAST,
    DISK_ALL_BUT_FIRST,
    DISK_ALL_BUT_LAST,
    DISK_ALL_BUT_ONE,
    DISK_ONE,
    DISK_UP_TO_ONE, // a prefix, its last write torn
    DISK_ONLY_TRUNCATIONS,
    DISK_ONLY_WRITES,
};

enum disk_names { DISK_NAMES_UNDONE, DISK_NAMES_STAY, DISK_NAMES_ANY };

struct disk_damage {
    const char *name;
    enum disk_choice choice;
    uint32_t percent;
    size_t sector; // 512 or 4096 bytes: each sector of a write survives by itself; 0: whole writes do
    bool garbage;  // written bytes that do not survive may become garbage
    enum disk_names names;
};

enum { DISK_DAMAGES = 28 };
extern const struct disk_damage disk_damages[DISK_DAMAGES];

// An empty disk. End it with disk_free.
struct disk *disk_new(void);
void disk_free(struct disk *disk);

// The file that has the name now, or DISK_NO_FILE.
int disk_find(const struct disk *disk, const char *name);

// What programs do to a disk. `bytes` must outlive the disk.
int disk_create(struct disk *disk, const char *name);
void disk_delete(struct disk *disk, const char *name);
void disk_write(struct disk *disk, int file, size_t offset, const uint8_t *bytes, size_t length);
void disk_truncate(struct disk *disk, int file, size_t size);
void disk_sync(struct disk *disk, int file);
void disk_sync_names(struct disk *disk);

// A sync that fails as on Linux: some of the writes may have reached the disk, and the others are not tried
// again. Those can still be read until the power fails, or until their page is written to once more.
void disk_sync_failed(struct disk *disk, int file, uint64_t seed);

// Whether anything would be lost now.
bool disk_has_unsynced(const struct disk *disk);

// The disk as it is after the power failed and came back. The caller owns it.
struct disk *disk_after_cut(const struct disk *disk, const struct disk_damage *damage, uint64_t seed);

// A copy of a disk that was just made by disk_new or disk_after_cut. The caller owns it.
struct disk *disk_copy(const struct disk *disk);

#endif
