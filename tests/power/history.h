// What happened in a run, in order: what was done to the disk, and what agencies sent and were told
// meanwhile. Replayed up to any point, it gives the disk of that moment, and what had been promised by then.
#ifndef QUINIELA_TESTS_POWER_HISTORY_H
#define QUINIELA_TESTS_POWER_HISTORY_H

#include "disk.h"

#include <stdio.h>

enum history_event {
    HISTORY_CREATE,
    HISTORY_DELETE,
    HISTORY_WRITE,
    HISTORY_TRUNCATE,
    HISTORY_SYNC,
    HISTORY_SYNC_FAILED,
    HISTORY_SYNC_NAMES,
    // Of the lottery.
    HISTORY_SENT,         // agency, bets: a chunk that ends there; last
    HISTORY_ACKNOWLEDGED, // agency, bets: how many are stored; last
    HISTORY_DRAWN,        // the winners were announced
    HISTORY_TOLD_SENT,    // agency
    HISTORY_TOLD,         // agency
};

struct history_entry {
    enum history_event event;
    char name[DISK_NAME_BYTES]; // of what is created or deleted
    int file;
    size_t offset, length; // a truncation's new size is the offset
    uint8_t *bytes;        // the history's
    uint64_t seed;         // of a failed sync
    uint32_t agency, bets;
    bool last;
};

struct history {
    struct history_entry *entries;
    size_t count, capacity;
};

// Appends an entry, whose `bytes` then belong to the history. Only one thread at a time may call it.
void history_add(struct history *history, const struct history_entry *entry);

// Does to the disk what the entry says. An entry of the lottery does nothing.
void history_apply(const struct history_entry *entry, struct disk *disk);

// Prints the last entries before `end`, for people.
void history_print(const struct history *history, size_t end, FILE *to);

// Frees what is in the history, and empties it.
void history_clear(struct history *history);

#endif
