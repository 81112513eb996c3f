// The memory that the agency's side takes, as libquiniela's caller wants it: from the C library's heap, or
// from an allocator that is in use on this thread. What one thread takes is freed with the same allocator in
// use; whoever uses none may mix this with malloc(3) and free(3).
#ifndef QUINIELA_BASE_MEMORY_H
#define QUINIELA_BASE_MEMORY_H

#include "base/attributes.h"

#include <stddef.h>

// An allocator. Its functions are called with `context`, and do what malloc(3), realloc(3) and free(3) do:
// blocks are aligned for any object, and NULL means that there is no memory. They are never asked for 0
// bytes, nor to free NULL; `resize` may be given NULL, and then allocates.
struct memory {
    void *(*allocate)(void *context, size_t bytes);
    void *(*resize)(void *context, void *block, size_t bytes);
    void (*release)(void *context, void *block);
    void *context;
};

// From now on this thread takes memory from `memory`, which stays the caller's and must stay as it is
// meanwhile; from the C library's heap where it is NULL, as every thread does at first. Returns what was in
// use until now, for the caller to put back.
const struct memory *memory_use(const struct memory *memory);

// `bytes` bytes, whatever is in them, for the caller to free with memory_free; NULL if there is no memory.
void *memory_allocate(size_t bytes) MUST_CHECK;

// As memory_allocate, but for `count` elements of `bytes` bytes each, all of them zero.
void *memory_zeroed(size_t count, size_t bytes) MUST_CHECK;

// `block`, which may be NULL, with room for `bytes` bytes, perhaps elsewhere; then the old pointer is not
// valid any more. NULL if there is no memory; then `block` is as it was, and still the caller's.
void *memory_resize(void *block, size_t bytes) MUST_CHECK;

// As memory_resize, for `count` elements of `bytes` bytes each.
void *memory_resize_array(void *block, size_t count, size_t bytes) MUST_CHECK;

// A copy of the text, for the caller to free with memory_free; NULL if there is no memory.
char *memory_duplicate(const char *text) MUST_CHECK;

// Frees a block of those above; nothing for NULL.
void memory_free(void *block);

#endif
