#include "base/memory.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static _Thread_local const struct memory *in_use;

const struct memory *memory_use(const struct memory *memory) {
    const struct memory *before = in_use;
    in_use = memory;
    return before;
}

// An allocator says that there is no memory as the C library does, whose errno callers read.
static void *checked(void *block) {
    if (block == NULL) {
        errno = ENOMEM;
    }
    return block;
}

static size_t at_least_one(size_t bytes) {
    return bytes == 0 ? 1 : bytes;
}

void *memory_allocate(size_t bytes) {
    return in_use == NULL ? malloc(bytes) : checked(in_use->allocate(in_use->context, at_least_one(bytes)));
}

void *memory_zeroed(size_t count, size_t bytes) {
    size_t all_bytes;
    if (in_use == NULL) {
        return calloc(count, bytes);
    }
    void *block =
        __builtin_mul_overflow(count, bytes, &all_bytes) ? checked(NULL) : memory_allocate(all_bytes);
    return block == NULL ? NULL : memset(block, 0, all_bytes);
}

void *memory_resize(void *block, size_t bytes) {
    return in_use == NULL ? realloc(block, bytes)
                          : checked(in_use->resize(in_use->context, block, at_least_one(bytes)));
}

void *memory_resize_array(void *block, size_t count, size_t bytes) {
    size_t all_bytes;
    if (in_use == NULL) {
        return reallocarray(block, count, bytes);
    }
    return __builtin_mul_overflow(count, bytes, &all_bytes) ? checked(NULL) : memory_resize(block, all_bytes);
}

char *memory_duplicate(const char *text) {
    if (in_use == NULL) {
        return strdup(text);
    }
    size_t bytes = strlen(text) + 1;
    char *copy = memory_allocate(bytes);
    return copy == NULL ? NULL : memcpy(copy, text, bytes);
}

void memory_free(void *block) {
    if (in_use == NULL) {
        free(block);
    } else if (block != NULL) {
        in_use->release(in_use->context, block);
    }
}
