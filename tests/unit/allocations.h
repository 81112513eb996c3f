// Allocations that fail on demand: the N-th that this thread makes while they are counted. In the program,
// the linker replaces the real functions by these (tests/CMakeLists.txt). The system's libraries still
// allocate with the real ones.
#ifndef QUINIELA_TESTS_ALLOCATIONS_H
#define QUINIELA_TESTS_ALLOCATIONS_H

#include <stdbool.h>
#include <stddef.h>

struct allocations {
    bool counted;
    int until_failure; // the next one fails at 1; at 0 none fails
};

static _Thread_local struct allocations allocations;

static inline bool allocation_fails(void) {
    return allocations.counted && allocations.until_failure > 0 && --allocations.until_failure == 0;
}

struct nothrow; // C++'s std::nothrow_t

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *block, size_t size);
void *__real_reallocarray(void *block, size_t count, size_t size);
void *__real__ZnwmRKSt9nothrow_t(size_t size, const struct nothrow *nothrow);
void *__real__ZnamRKSt9nothrow_t(size_t size, const struct nothrow *nothrow);

void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *block, size_t size);
void *__wrap_reallocarray(void *block, size_t count, size_t size);
void *__wrap__ZnwmRKSt9nothrow_t(size_t size, const struct nothrow *nothrow);
void *__wrap__ZnamRKSt9nothrow_t(size_t size, const struct nothrow *nothrow);

void *__wrap_malloc(size_t size) {
    return allocation_fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size) {
    return allocation_fails() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *block, size_t size) {
    return allocation_fails() ? NULL : __real_realloc(block, size);
}

void *__wrap_reallocarray(void *block, size_t count, size_t size) {
    return allocation_fails() ? NULL : __real_reallocarray(block, count, size);
}

#ifdef ALLOCATIONS_OF_CXX // only if the program contains C++

void *__wrap__ZnwmRKSt9nothrow_t(size_t size, const struct nothrow *nothrow) {
    return allocation_fails() ? NULL : __real__ZnwmRKSt9nothrow_t(size, nothrow);
}

void *__wrap__ZnamRKSt9nothrow_t(size_t size, const struct nothrow *nothrow) {
    return allocation_fails() ? NULL : __real__ZnamRKSt9nothrow_t(size, nothrow);
}

#endif

#endif
