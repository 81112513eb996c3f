// The store in memory (tests/unit/memory_store.h) as the simulation's disk: it survives a crash of the
// central, and every call can fail. A commit that fails may still be stored: that is settled when the store
// is opened again.
#ifndef QUINIELA_TESTS_SIM_DISK_H
#define QUINIELA_TESTS_SIM_DISK_H

#include "store/store.h"

// From now on the disk is the program's SQLite store in files (filed_disk.h), in place of the one in memory.
void disk_use_files(void);

// From now on it is a store that several servers share (shared_disk.h).
void disk_share(void);

// Empties the disk: before a world, and after it.
void disk_erase(void);

// Like store_open.
bool disk_open(struct store **store, struct error *error);

// Opens it once more, for reading. The reader is closed before anything else happens.
bool disk_open_reader(struct store **store, struct error *error);

// After that many further ones, one call or commit fails, or the central dies in it.
void disk_fail_in(uint32_t calls);
void disk_die_in(uint32_t calls);
void disk_fail_in_commit(uint32_t commits);
void disk_die_in_commit(uint32_t commits);

// From now on, `percent` of a hundred calls fail. 0 also cancels what the functions above asked for.
void disk_fail_often(uint32_t percent);

// Closes the descriptors of the store that is open, as a fault elsewhere in the process could, or takes its
// files' names away: every call fails until it is closed and opened again. No commit counts in that time.
void disk_shut(void);

#endif
