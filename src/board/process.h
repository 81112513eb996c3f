// What the kernel says of this process, and of disks. A server that has confined itself, or has become
// another user, may not see all of it: what cannot be known is left out, and never guessed.
#ifndef QUINIELA_BOARD_PROCESS_H
#define QUINIELA_BOARD_PROCESS_H

#include "base/attributes.h"

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

// Each true when it could be found out.

// Seconds of processor time, of all threads (getrusage(2)).
bool process_cpu_s(double *seconds) MUST_CHECK;

// Bytes of memory that are resident (proc(5), /proc/self/statm).
bool process_memory_bytes(uint64_t *bytes) MUST_CHECK;

// How many descriptors are open, without the one that looks (/proc/self/fd), and how many may be.
bool process_open_descriptors(uint64_t *count) MUST_CHECK;
bool process_descriptors_max(uint64_t *count) MUST_CHECK;

// When it began, in seconds since 1970 (/proc/self/stat and /proc/stat). Always the same, unless somebody
// sets the clock.
bool process_start_s(double *seconds) MUST_CHECK;

// The room on the disk with that file or folder (statvfs(3)): what an ordinary user may still fill, and all.
bool disk_room(const char *path, uint64_t *free_bytes, uint64_t *size_bytes) MUST_CHECK;

#endif
