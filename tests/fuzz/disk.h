// A disk in memory, as a VFS for SQLite. It knows what has been synced, and so what a power cut leaves.
// Unsynced data may be lost, kept, torn, or kept without the data written before it.
//
// A failed sync behaves as on Linux. The error is reported once. The data stays readable for as long as the
// power is on, but is never written. The next sync succeeds.
#ifndef QUINIELA_TESTS_FUZZ_DISK_H
#define QUINIELA_TESTS_FUZZ_DISK_H

#include <stdbool.h>
#include <stdint.h>

enum disk_fault { DISK_POWER_CUT, DISK_IO_ERROR, DISK_FULL, DISK_SHORT_WRITE };

// Makes the disk SQLite's default. Call it once.
void disk_register(void);

// An empty disk; `seed` decides what every cut leaves.
void disk_erase(uint64_t seed);

// From now on the `operation`-th change (write, truncate, sync, delete, creation; from 1) meets the fault,
// and with `for_ever` all later ones, too; 0: none does. After a power cut everything fails.
void disk_fail_at(long operation, enum disk_fault fault, bool for_ever);

// How many changes there were since disk_fail_at; whether its fault was met.
long disk_operations(void);
bool disk_fault_was_met(void);

// The power is on again: the disk has what survived, and nothing fails. No file may be open.
void disk_power_on(void);

#endif
