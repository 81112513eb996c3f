// The C library's heap, for a process whose memory is bounded: what is counted as given back is given back.
#ifndef QUINIELA_BASE_HEAP_H
#define QUINIELA_BASE_HEAP_H

#include <stddef.h>

// Has the largest blocks come from the system and go back to it at once, always; the others stay in the
// heap, where they are cheap to take. Left alone, glibc moves that limit up to 32 MiB as such blocks are
// freed, and keeps twice as much (mallopt(3), M_MMAP_THRESHOLD). To be called once, before there are threads.
void heap_keep_little(void);

// The bytes that a block takes, with what the heap adds to it; 0 for NULL.
size_t heap_block_bytes(void *block);

// Gives the holes between smaller blocks back to the system. It takes milliseconds where there are many.
void heap_trim(void);

#endif
