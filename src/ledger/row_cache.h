// The stored chunks that resends were compared with last, kept in memory with the place of each of their
// rows: a resend of one bet that lies in a chunk of 49,000 then costs a look at that bet, and not a read of
// all of them.
//
// Each was verified by its digest when it was put in. A stored chunk never changes, so it stays valid until
// the ledger takes something back: a group that was not committed, a store that was closed. Then everything
// is forgotten (row_cache_clear).
#ifndef QUINIELA_LEDGER_ROW_CACHE_H
#define QUINIELA_LEDGER_ROW_CACHE_H

#include "base/error.h"
#include "store/store.h"

#include <stddef.h>
#include <stdint.h>

enum { ROW_CACHE_CHUNKS = 8 }; // each of a message's size at most

struct row_cache;

// The rows of one stored chunk.
struct cached_rows {
    uint32_t agency; // 0: none is kept here
    uint32_t count;
    uint64_t first;
    uint64_t used; // when it was last used, counted in look-ups
    char *rows;
    uint32_t *offsets; // [count + 1]; in one block with the rows
};

// An empty cache; NULL when there is no memory. The caller frees it.
struct row_cache *row_cache_new(void);
void row_cache_free(struct row_cache *cache);

// Forgets everything.
void row_cache_clear(struct row_cache *cache);

// The cached chunk that holds the agency's bet `bet`, or NULL. It is the cache's, until the cache is called
// again.
const struct cached_rows *row_cache_find(struct row_cache *cache, uint32_t agency, uint64_t bet);

// Whether a cached chunk holds it. That does not count as a look-up.
bool row_cache_has(const struct row_cache *cache, uint32_t agency, uint64_t bet);

// Keeps a copy of a chunk whose digest was found right, in place of the least recently used one. Without
// memory it is not kept.
void row_cache_keep(struct row_cache *cache, const struct stored_chunk *chunk);

#endif
