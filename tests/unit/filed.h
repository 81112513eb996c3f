// How much goes into the inbox of an SQLite store: for stories that need a row for each chunk.
#ifndef QUINIELA_TESTS_FILED_H
#define QUINIELA_TESTS_FILED_H

#include "store/filing.h"

// The limits as they were when the program began; each story starts with them.
static inline void usual_inbox(void) {
    static struct filing_limits usual;
    usual = usual.held_bytes == 0 ? filing_limits : usual;
    filing_limits = usual;
}

// From now on every chunk becomes a row of its own.
static inline void no_inbox(void) {
    filing_limits.chunk_bytes = 0;
}

#endif
