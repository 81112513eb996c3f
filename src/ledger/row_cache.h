// The stored chunks that were last compared with resends, kept in memory with the place of each of their
// rows. A resend of one bet in a chunk of 49,000 then costs one look-up, and not a read of all of them.
//
// Each was checked against its digest when it was added. A store may make a longer chunk of it, but stored
// bets never change, so it stays valid until the ledger takes something back: a group that was not committed,
// a store that was closed. Then everything is dropped (row_cache_clear).
#ifndef QUINIELA_LEDGER_ROW_CACHE_H
#define QUINIELA_LEDGER_ROW_CACHE_H

#include "base/error.h"
#include "store/store.h"

#include <stddef.h>
#include <stdint.h>

enum { ROW_CACHE_CHUNKS = 8 }; // each at most as large as a message

struct row_cache;

// The rows of one stored chunk.
struct cached_rows {
    uint32_t agency; // 0: empty
    uint32_t count;
    uint64_t first;
    uint64_t used; // when it was last used, counted in look-ups
    char *rows;
    uint32_t *offsets; // [count + 1]; in one block with the rows
};

// An empty cache; NULL when out of memory. The caller frees it.
struct row_cache *row_cache_new(void);
void row_cache_free(struct row_cache *cache);

// Drops everything.
void row_cache_clear(struct row_cache *cache);

// The cached chunk that holds bet `bet` of the agency, or NULL. It belongs to the cache and is valid until
// the next call to it.
const struct cached_rows *row_cache_find(struct row_cache *cache, uint32_t agency, uint64_t bet);

// Whether a cached chunk holds the bet. This does not count as a look-up.
bool row_cache_has(const struct row_cache *cache, uint32_t agency, uint64_t bet);

// Keeps a copy of a chunk whose digest was right, in place of the least recently used one. Without memory it
// is not kept.
void row_cache_keep(struct row_cache *cache, const struct stored_chunk *chunk);

#endif
