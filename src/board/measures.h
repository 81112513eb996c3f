// What is measured on the reader's thread, as finding it out may take long: the call for a disk that hangs
// does not return, and the descriptors of a large night are many.
#ifndef QUINIELA_BOARD_MEASURES_H
#define QUINIELA_BOARD_MEASURES_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

struct board_options;

enum board_disk { BOARD_DISK_STORE, BOARD_DISK_AUDIT_LOG, BOARD_DISK_LOG, BOARD_DISK_SEALS, BOARD_DISKS };

// All zeros: nothing was measured yet.
struct board_measures {
    bool is_taken;
    struct board_room {
        bool is_known; // it has a place, and that can be measured
        uint64_t free_bytes, size_bytes;
    } disks[BOARD_DISKS];
    time_t backup_at; // 0: never, or the store has none of its own
    uint64_t backup_bytes;
    bool has_descriptors;
    uint64_t descriptors; // that this process has open
};

// The name of a disk, as it stands in answers: "store", "audit_log", "log", "seals".
const char *board_disk_name(enum board_disk disk);

// Measures all that the options name.
void board_measure(const struct board_options *options, struct board_measures *measures);

#endif
