// What holds while a function of quiniela.h runs: an agency's memory is taken from its allocator, and its
// events go to it, on this thread. Functions may be entered from within each other.
#ifndef QUINIELA_LIB_ENTRY_H
#define QUINIELA_LIB_ENTRY_H

#include "agency/listener.h"
#include "base/memory.h"

struct entry {
    const struct memory *memory;
    const struct listener *listener;
};

// Enters; `memory` NULL or without functions: the C library's. Returns what is to be put back.
static inline struct entry entry_begin(const struct memory *memory, const struct listener *listener) {
    return (struct entry){memory_use(memory != NULL && memory->allocate != NULL ? memory : NULL),
                          listener_use(listener)};
}

static inline void entry_end(const struct entry *entry) {
    memory_use(entry->memory);
    listener_use(entry->listener);
}

#endif
