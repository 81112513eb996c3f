#include "base/heap.h"

#include <malloc.h>

enum {
    LARGE_BYTES = 1280 * 1024, // larger than what comes and goes all the time, such as a message
    HEADER_BYTES = 16,         // before a large block; a smaller one has 8
};

void heap_keep_little(void) {
    mallopt(M_MMAP_THRESHOLD, LARGE_BYTES);
    mallopt(M_TRIM_THRESHOLD, 2 * LARGE_BYTES);
}

size_t heap_block_bytes(void *block) {
    return block == NULL ? 0 : malloc_usable_size(block) + HEADER_BYTES;
}

void heap_trim(void) {
    malloc_trim(0);
}
