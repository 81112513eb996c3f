// Keeps the memory that OpenSSL has freed, to check that nobody has written there since. Code that overlooks
// a second user frees an object too early; that user then changes the object's count of users. For one
// thread. Call watch_freed() before anything else that uses OpenSSL.
#ifndef QUINIELA_TESTS_FREED_H
#define QUINIELA_TESTS_FREED_H

#include "cmocka_all.h"

#include <openssl/crypto.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum { FREED = 0xa5 };

struct watched_block {
    struct watched_block *next; // the block freed before this one
    size_t length;
    _Alignas(max_align_t) unsigned char bytes[];
};

static struct watched_block *freed_blocks;

static inline struct watched_block *watched_of(void *bytes) {
    return (struct watched_block *)((unsigned char *)bytes - offsetof(struct watched_block, bytes));
}

static void *watched_malloc(size_t length, const char *file, int line) {
    (void)file, (void)line;
    struct watched_block *block = length == 0 ? NULL : malloc(sizeof *block + length);
    if (block == NULL) {
        return NULL;
    }
    block->length = length;
    return block->bytes;
}

static void watched_free(void *bytes, const char *file, int line) {
    (void)file, (void)line;
    if (bytes != NULL) {
        struct watched_block *block = watched_of(bytes);
        memset(block->bytes, FREED, block->length);
        block->next = freed_blocks;
        freed_blocks = block;
    }
}

static void *watched_realloc(void *bytes, size_t length, const char *file, int line) {
    void *copy = watched_malloc(length, file, line);
    if (bytes != NULL && copy != NULL) {
        size_t before = watched_of(bytes)->length;
        memcpy(copy, bytes, before < length ? before : length);
    }
    if (copy != NULL || length == 0) {
        watched_free(bytes, file, line);
    }
    return copy;
}

// AddressSanitizer finds such writes by itself, and more.
static inline void watch_freed(void) {
#ifdef __SANITIZE_ADDRESS__
    (void)watched_malloc, (void)watched_realloc, (void)watched_free;
#else
    if (CRYPTO_set_mem_functions(watched_malloc, watched_realloc, watched_free) != 1) {
        abort();
    }
#endif
}

// Also releases what has been freed so far.
static inline void assert_freed_is_as_it_was(void) {
    for (struct watched_block *block = freed_blocks, *next; block != NULL; block = next) {
        next = block->next;
        for (size_t i = 0; i < block->length; i++) {
            if (block->bytes[i] != FREED) {
                fail_msg("byte %zu of %zu of OpenSSL's was written when it had been freed", i, block->length);
            }
        }
        free(block);
    }
    freed_blocks = NULL;
}

#endif
