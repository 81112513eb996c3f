// The program's SQLite store as the simulation's disk, in files of its own. Its inbox is so small that bets
// are filed all the time. Every statement is a call that can fail, or in which the central dies; a commit
// that fails may still be stored. What each commit has stored is read again, all of it, for the oracle.
#ifndef QUINIELA_TESTS_SIM_FILED_DISK_H
#define QUINIELA_TESTS_SIM_FILED_DISK_H

#include "store/store.h"

// From now on it is the disk. `works` is asked before each call, named as in messages, and before "open"; it
// returns false, with `error` set, when the call is to fail. `closed` is told when the store is closed.
void filed_disk_use(bool (*works)(const char *call, struct error *error), void (*closed)(void));
bool filed_disk_is_used(void);

// Removes the files, and chooses the inbox's limits for the next world.
void filed_disk_erase(void);

// Like store_open.
bool filed_disk_open(struct store **store, struct error *error);

// Opens it once more, for reading.
bool filed_disk_open_reader(struct store **store, struct error *error);

// Removes the folder of the files.
void filed_disk_end(void);

#endif
