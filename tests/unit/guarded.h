// Memory that is watched: after each block there are bytes that nobody may change, fresh bytes are not zero,
// and an allocation fails on demand. In the program, the linker replaces the real functions by these
// (tests/CMakeLists.txt). The system's libraries still allocate with the real ones. For one thread.
#ifndef QUINIELA_TESTS_GUARDED_H
#define QUINIELA_TESTS_GUARDED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { GUARD_BYTES = 16, GUARD = 0xa5, GUARDED_MAX = 4096 };

static struct {
    int fails_in; // the next allocation fails at 1; at 0 none does
    size_t count;
    struct {
        uintptr_t hidden; // where it is, so that the search for leaks does not find it here
        size_t length;
    } blocks[GUARDED_MAX];
} guarded;

void *__real_malloc(size_t size);
void *__real_realloc(void *block, size_t size);
void __real_free(void *block);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *block, size_t size);
void *__wrap_reallocarray(void *block, size_t count, size_t size);
void __wrap_free(void *block);

// Forgets the block, after checking the bytes after its end. Returns its length; SIZE_MAX when it is not one
// of these blocks.
static inline size_t guarded_end(void *block) {
    for (size_t i = 0; i < guarded.count; i++) {
        if (guarded.blocks[i].hidden != ~(uintptr_t)block) {
            continue;
        }
        size_t length = guarded.blocks[i].length;
        for (size_t byte = 0; byte < GUARD_BYTES; byte++) {
            if (((unsigned char *)block)[length + byte] != GUARD) {
                (void)fprintf(stderr, "byte %zu behind a block of %zu bytes was changed\n", byte, length);
                abort();
            }
        }
        guarded.blocks[i] = guarded.blocks[--guarded.count];
        return length;
    }
    return SIZE_MAX;
}

static inline void *guarded_begin(void *block, size_t length) {
    memset((unsigned char *)block + length, GUARD, GUARD_BYTES);
    if (guarded.count == GUARDED_MAX) {
        abort();
    }
    guarded.blocks[guarded.count].hidden = ~(uintptr_t)block;
    guarded.blocks[guarded.count++].length = length;
    return block;
}

static inline bool guarded_fails(void) {
    return guarded.fails_in > 0 && --guarded.fails_in == 0;
}

void *__wrap_malloc(size_t size) {
    void *block = guarded_fails() ? NULL : __real_malloc(size + GUARD_BYTES);
    return block == NULL ? NULL : guarded_begin(memset(block, GUARD, size), size);
}

void *__wrap_calloc(size_t count, size_t size) {
    void *block = __wrap_malloc(count * size);
    return block == NULL ? NULL : memset(block, 0, count * size);
}

void *__wrap_realloc(void *block, size_t size) {
    if (block == NULL) {
        return __wrap_malloc(size);
    }
    if (guarded_fails()) {
        return NULL;
    }
    size_t length = guarded_end(block);
    unsigned char *larger = __real_realloc(block, size + GUARD_BYTES);
    if (larger == NULL || length == SIZE_MAX) {
        abort();
    }
    if (size > length) {
        memset(larger + length, GUARD, size - length);
    }
    return guarded_begin(larger, size);
}

void *__wrap_reallocarray(void *block, size_t count, size_t size) {
    return __wrap_realloc(block, count * size);
}

void __wrap_free(void *block) {
    if (block != NULL) {
        (void)guarded_end(block);
        __real_free(block);
    }
}

#endif
