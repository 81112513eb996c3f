#include "disk.h"

#include "base/random.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// If a write is lost while a later one survives, that is a reordering: both orders of two writes to different
// sectors are among the subsets. Two writes to one sector cannot change places, because memory has only one
// copy of the sector.
const struct disk_damage disk_damages[DISK_DAMAGES] = {
    {"nothing unsynced", DISK_NONE, 0, 0, false, DISK_NAMES_UNDONE},
    {"everything", DISK_ALL, 0, 0, false, DISK_NAMES_STAY},
    {"everything but the names", DISK_ALL, 0, 0, false, DISK_NAMES_UNDONE},
    {"only the names", DISK_NONE, 0, 0, false, DISK_NAMES_STAY},
    {"the first write", DISK_FIRST, 0, 0, false, DISK_NAMES_STAY},
    {"the last write", DISK_LAST, 0, 0, false, DISK_NAMES_STAY},
    {"all but the first write", DISK_ALL_BUT_FIRST, 0, 0, false, DISK_NAMES_STAY},
    {"all but the last write", DISK_ALL_BUT_LAST, 0, 0, false, DISK_NAMES_STAY},
    {"all but one write", DISK_ALL_BUT_ONE, 0, 0, false, DISK_NAMES_STAY},
    {"one write", DISK_ONE, 0, 0, false, DISK_NAMES_STAY},
    {"some of the last writes gone", DISK_UP_TO_ONE, 0, 0, false, DISK_NAMES_STAY},
    {"a prefix, torn at 512", DISK_UP_TO_ONE, 50, 512, false, DISK_NAMES_STAY},
    {"a prefix, torn at 4096", DISK_UP_TO_ONE, 50, 4096, false, DISK_NAMES_STAY},
    {"a prefix, torn at 512 with garbage", DISK_UP_TO_ONE, 50, 512, true, DISK_NAMES_STAY},
    {"half of the writes", DISK_EACH, 50, 0, false, DISK_NAMES_STAY},
    {"half of the writes, any names", DISK_EACH, 50, 0, false, DISK_NAMES_ANY},
    {"few writes", DISK_EACH, 10, 0, false, DISK_NAMES_STAY},
    {"most writes", DISK_EACH, 90, 0, false, DISK_NAMES_STAY},
    {"half of all sectors of 512", DISK_ALL, 50, 512, false, DISK_NAMES_STAY},
    {"half of all sectors of 4096", DISK_ALL, 50, 4096, false, DISK_NAMES_STAY},
    {"most sectors of 512", DISK_ALL, 98, 512, false, DISK_NAMES_STAY},
    {"most sectors of 4096, any names", DISK_ALL, 95, 4096, false, DISK_NAMES_ANY},
    {"most sectors of 512, garbage", DISK_ALL, 95, 512, true, DISK_NAMES_STAY},
    {"half of all sectors of 4096, garbage", DISK_ALL, 50, 4096, true, DISK_NAMES_ANY},
    {"garbage for all", DISK_ALL, 0, 512, true, DISK_NAMES_STAY},
    {"garbage in the last write", DISK_LAST, 30, 512, true, DISK_NAMES_STAY},
    {"only truncations", DISK_ONLY_TRUNCATIONS, 0, 0, false, DISK_NAMES_STAY},
    {"only writes", DISK_ONLY_WRITES, 0, 0, false, DISK_NAMES_STAY},
};

struct disk *disk_new(void) {
    return calloc(1, sizeof(struct disk));
}

static void free_file(struct disk_file *file) {
    for (size_t i = 0; i < file->owned_count; i++) {
        free(file->owned[i]);
    }
    free(file->owned);
    free(file->bytes);
    free(file->durable);
    free(file->changes);
    free(file->dropped);
}

void disk_free(struct disk *disk) {
    for (int i = 0; i < disk->file_count; i++) {
        free_file(&disk->files[i]);
    }
    for (int i = 0; i < disk->name_count; i++) {
        free(disk->names[i].files);
    }
    free(disk->files);
    free(disk);
}

// Names ---------------------------------------------------------------------------------------------------

static struct disk_name *name_of(struct disk *disk, const char *text) {
    for (int i = 0; i < disk->name_count; i++) {
        if (strcmp(disk->names[i].text, text) == 0) {
            return &disk->names[i];
        }
    }
    assert(disk->name_count < DISK_NAMES_MAX);
    struct disk_name *name = &disk->names[disk->name_count++];
    snprintf(name->text, sizeof name->text, "%s", text);
    name->files = malloc(sizeof *name->files);
    name->files[0] = DISK_NO_FILE;
    name->count = 1;
    return name;
}

int disk_find(const struct disk *disk, const char *text) {
    for (int i = 0; i < disk->name_count; i++) {
        if (strcmp(disk->names[i].text, text) == 0) {
            return disk->names[i].files[disk->names[i].count - 1];
        }
    }
    return DISK_NO_FILE;
}

static void stand_for(struct disk *disk, const char *text, int file) {
    struct disk_name *name = name_of(disk, text);
    name->files = realloc(name->files, (name->count + 1) * sizeof *name->files);
    name->files[name->count++] = file;
}

static int new_file(struct disk *disk) {
    disk->files = realloc(disk->files, (size_t)(disk->file_count + 1) * sizeof *disk->files);
    memset(&disk->files[disk->file_count], 0, sizeof *disk->files);
    return disk->file_count++;
}

int disk_create(struct disk *disk, const char *name) {
    int file = new_file(disk);
    stand_for(disk, name, file);
    return file;
}

void disk_delete(struct disk *disk, const char *name) {
    stand_for(disk, name, DISK_NO_FILE);
}

void disk_sync_names(struct disk *disk) {
    for (int i = 0; i < disk->name_count; i++) {
        struct disk_name *name = &disk->names[i];
        name->files[0] = name->files[name->count - 1];
        name->count = 1;
    }
}

// What is in a file ---------------------------------------------------------------------------------------

static void resize(uint8_t **bytes, size_t *size, size_t *room, size_t wanted) {
    if (wanted > *room) {
        *room = wanted * 2;
        *bytes = realloc(*bytes, *room);
    }
    if (wanted > *size) {
        memset(*bytes + *size, 0, wanted - *size);
    }
    *size = wanted;
}

static void apply_durably(struct disk_file *file, const struct disk_change *change) {
    size_t end = change->offset + change->length;
    if (change->bytes == NULL || end > file->durable_size) {
        resize(&file->durable, &file->durable_size, &file->durable_room, end);
    }
    if (change->bytes != NULL) {
        memcpy(file->durable + change->offset, change->bytes, change->length);
    }
}

static void add_change(struct disk_file *file, size_t offset, const uint8_t *bytes, size_t length) {
    if (file->count == file->capacity) {
        file->capacity = file->capacity * 2 + 16;
        file->changes = realloc(file->changes, file->capacity * sizeof *file->changes);
    }
    file->changes[file->count++] = (struct disk_change){offset, length, bytes};
}

// A write to a page that was dropped makes the whole page due to be written again.
static void revive(struct disk_file *file, size_t page) {
    size_t start = page * DISK_CACHE_PAGE_BYTES, end = start + DISK_CACHE_PAGE_BYTES;
    end = end < file->size ? end : file->size;
    file->dropped[page] = 0;
    if (start >= end) {
        return;
    }
    uint8_t *bytes = malloc(end - start);
    memcpy(bytes, file->bytes + start, end - start);
    file->owned = realloc(file->owned, (file->owned_count + 1) * sizeof *file->owned);
    file->owned[file->owned_count++] = bytes;
    add_change(file, start, bytes, end - start);
}

void disk_write(struct disk *disk, int number, size_t offset, const uint8_t *bytes, size_t length) {
    struct disk_file *file = &disk->files[number];
    if (offset + length > file->size) {
        resize(&file->bytes, &file->size, &file->room, offset + length);
    }
    memcpy(file->bytes + offset, bytes, length);
    add_change(file, offset, bytes, length);
    size_t last = (offset + length - 1) / DISK_CACHE_PAGE_BYTES;
    for (size_t page = offset / DISK_CACHE_PAGE_BYTES; page <= last && page < file->dropped_pages; page++) {
        if (file->dropped[page]) {
            revive(file, page);
        }
    }
}

void disk_truncate(struct disk *disk, int number, size_t size) {
    struct disk_file *file = &disk->files[number];
    resize(&file->bytes, &file->size, &file->room, size);
    add_change(file, size, NULL, 0);
    for (size_t page = size / DISK_CACHE_PAGE_BYTES + 1; page < file->dropped_pages; page++) {
        file->dropped[page] = 0;
    }
}

void disk_sync(struct disk *disk, int number) {
    struct disk_file *file = &disk->files[number];
    for (size_t i = 0; i < file->count; i++) {
        apply_durably(file, &file->changes[i]);
    }
    file->count = 0;
}

static void drop(struct disk_file *file, const struct disk_change *change) {
    size_t pages = (change->offset + change->length - 1) / DISK_CACHE_PAGE_BYTES + 1;
    if (pages > file->dropped_pages) {
        file->dropped = realloc(file->dropped, pages);
        memset(file->dropped + file->dropped_pages, 0, pages - file->dropped_pages);
        file->dropped_pages = pages;
    }
    for (size_t page = change->offset / DISK_CACHE_PAGE_BYTES; page < pages; page++) {
        file->dropped[page] = 1;
    }
}

void disk_sync_failed(struct disk *disk, int number, uint64_t seed) {
    struct disk_file *file = &disk->files[number];
    uint32_t reach = random_below(&seed, 3) * 40; // percent: none, some, most
    for (size_t i = 0; i < file->count; i++) {
        const struct disk_change *change = &file->changes[i];
        // The file system keeps the size itself, and does not forget it.
        if (change->bytes == NULL || random_below(&seed, 100) < reach) {
            apply_durably(file, change);
        } else {
            drop(file, change);
        }
    }
    file->count = 0;
}

// The power goes ------------------------------------------------------------------------------------------

bool disk_has_unsynced(const struct disk *disk) {
    for (int i = 0; i < disk->file_count; i++) {
        if (disk->files[i].count > 0) {
            return true;
        }
    }
    for (int i = 0; i < disk->name_count; i++) {
        if (disk->names[i].count > 1) {
            return true;
        }
    }
    return false;
}

struct cut {
    const struct disk_damage *damage;
    size_t count, chosen; // changes of the file; one of them
    uint64_t random;
};

static bool survives(struct cut *cut, size_t index, bool truncation) {
    switch (cut->damage->choice) {
    case DISK_NONE:
        return false;
    case DISK_ALL:
        return true;
    case DISK_EACH:
        return random_below(&cut->random, 100) < cut->damage->percent;
    case DISK_FIRST:
        return index == 0;
    case DISK_LAST:
        return index + 1 == cut->count;
    case DISK_ALL_BUT_FIRST:
        return index > 0;
    case DISK_ALL_BUT_LAST:
        return index + 1 < cut->count;
    case DISK_ALL_BUT_ONE:
        return index != cut->chosen;
    case DISK_ONE:
        return index == cut->chosen;
    case DISK_UP_TO_ONE:
        return index <= cut->chosen;
    case DISK_ONLY_TRUNCATIONS:
        return truncation;
    case DISK_ONLY_WRITES:
        return !truncation;
    }
    return true;
}

// Bytes that are already there are not damaged: on Linux every write writes a whole page of the cache.
// SQLite's log relies on this, too.
static void write_garbage(struct cut *cut, struct disk_file *file, size_t at, const uint8_t *bytes,
                          size_t length) {
    for (size_t i = 0; i < length; i++) {
        uint8_t garbage = (uint8_t)random_next(&cut->random);
        if (at + i >= file->durable_size || file->durable[at + i] != bytes[i]) {
            apply_durably(file, &(struct disk_change){at + i, 1, &garbage});
        }
    }
}

// Decides for each sector of the write by itself: written, not written, or garbage.
static void write_torn(struct cut *cut, struct disk_file *file, const struct disk_change *change) {
    size_t end = change->offset + change->length, next;
    for (size_t at = change->offset; at < end; at = next) {
        next = (at / cut->damage->sector + 1) * cut->damage->sector;
        next = next < end ? next : end;
        const uint8_t *bytes = change->bytes + (at - change->offset);
        if (random_below(&cut->random, 100) < cut->damage->percent) {
            apply_durably(file, &(struct disk_change){at, next - at, bytes});
        } else if (cut->damage->garbage && random_below(&cut->random, 2) == 0) {
            write_garbage(cut, file, at, bytes, next - at);
        }
    }
}

static void set_bytes(uint8_t **bytes, size_t *size, size_t *room, const uint8_t *from, size_t length) {
    resize(bytes, size, room, length);
    if (length > 0) {
        memcpy(*bytes, from, length);
    }
}

static void survive(struct cut *cut, const struct disk_file *file, struct disk_file *left) {
    bool torn_at_the_end = cut->damage->choice == DISK_UP_TO_ONE;
    cut->count = file->count;
    cut->chosen = file->count > 0 ? random_below(&cut->random, (uint32_t)file->count) : 0;
    set_bytes(&left->durable, &left->durable_size, &left->durable_room, file->durable, file->durable_size);
    for (size_t i = 0; i < file->count; i++) {
        const struct disk_change *change = &file->changes[i];
        if (!survives(cut, i, change->bytes == NULL)) {
            continue;
        }
        if (cut->damage->sector > 0 && change->bytes != NULL && (!torn_at_the_end || i == cut->chosen)) {
            write_torn(cut, left, change);
        } else {
            apply_durably(left, change);
        }
    }
    set_bytes(&left->bytes, &left->size, &left->room, left->durable, left->durable_size);
}

static size_t choose_name(struct cut *cut, size_t count) {
    switch (cut->damage->names) {
    case DISK_NAMES_UNDONE:
        return 0;
    case DISK_NAMES_STAY:
        return count - 1;
    case DISK_NAMES_ANY:
        break;
    }
    return random_below(&cut->random, (uint32_t)count);
}

struct disk *disk_after_cut(const struct disk *disk, const struct disk_damage *damage, uint64_t seed) {
    struct cut cut = {.damage = damage, .random = seed};
    struct disk *left = disk_new();
    for (int i = 0; i < disk->name_count; i++) {
        const struct disk_name *name = &disk->names[i];
        int number = name->files[choose_name(&cut, name->count)];
        if (number != DISK_NO_FILE) {
            int copy = disk_create(left, name->text);
            survive(&cut, &disk->files[number], &left->files[copy]);
        }
    }
    disk_sync_names(left);
    return left;
}

struct disk *disk_copy(const struct disk *disk) {
    return disk_after_cut(disk, &disk_damages[1], 0);
}
