// The store in memory as one that several servers share, though only one comes: whatever the ledger does
// otherwise there, it does here. Its time of day is its own, which nobody sets.
#ifndef QUINIELA_TESTS_SIM_SHARED_DISK_H
#define QUINIELA_TESTS_SIM_SHARED_DISK_H

#include "store/store.h"

#include <stdint.h>

// From now on the disk is this one.
void shared_disk_use(bool (*works)(const char *call, struct error *error));

bool shared_disk_is_used(void);

// The store that memory_kind has opened to serve is shared from now on.
void shared_disk_take(struct store *store);

// How far the time of day that counts for a cut-off is from the world's, in ms (world_clock_offset).
int64_t shared_disk_clock_offset(void);

// Whether it is used, and that moment has come by its time of day.
bool shared_disk_is_past(const char *moment);

#endif
