// The C library's heap, for a process with bounded memory: memory that counts as freed returns to the system.
#ifndef QUINIELA_BASE_HEAP_H
#define QUINIELA_BASE_HEAP_H

#include <stddef.h>

// Makes the largest blocks always come from the system and return to it when freed; the others stay in the
// heap, where they are cheap to take. By default, glibc raises that limit up to 32 MiB as such blocks are
// freed, and keeps twice as much (mallopt(3), M_MMAP_THRESHOLD). Call this once, before any thread is
// started.
void heap_keep_little(void);

// The bytes that a block takes, including the heap's own; 0 for NULL.
size_t heap_block_bytes(void *block);

// Returns the holes between smaller blocks to the system. It takes milliseconds where there are many.
void heap_trim(void);

#endif
