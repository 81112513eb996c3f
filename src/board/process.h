// What the kernel says of this process, and of disks. A process that has confined itself opens nothing
// beneath /proc any more, so what it needs of that is opened before. What cannot be known is left out, and
// never guessed.
#ifndef QUINIELA_BOARD_PROCESS_H
#define QUINIELA_BOARD_PROCESS_H

#include "base/attributes.h"

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

// Zeroed but for what process_open has found.
struct process {
    int memory;       // proc(5), /proc/self/statm; -1: it could not be opened
    void *folder;     // /proc/self/fd, of opendir(3); NULL: likewise
    double started_s; // /proc/self/stat and /proc/stat, in seconds since 1970; 0: not known
};

// Opens what is read later, and finds out when this process began. Nothing of it has to be there. The caller
// ends it with process_close; one that was never opened is all zeros, and then that does nothing.
void process_open(struct process *process);
void process_close(struct process *process);

// Each true when it could be found out. On one thread at a time.

// Seconds of processor time, of all threads (getrusage(2)).
bool process_cpu_s(double *seconds) MUST_CHECK;

// Bytes of memory that are resident.
bool process_memory_bytes(const struct process *process, uint64_t *bytes) MUST_CHECK;

// How many descriptors are open, and how many may be (getrlimit(2)).
bool process_open_descriptors(const struct process *process, uint64_t *count) MUST_CHECK;
bool process_descriptors_max(uint64_t *count) MUST_CHECK;

// The room on the disk with that file or folder (statvfs(3)): what an ordinary user may still fill, and all.
bool disk_room(const char *path, uint64_t *free_bytes, uint64_t *size_bytes) MUST_CHECK;

#endif
