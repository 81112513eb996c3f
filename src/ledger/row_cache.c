#include "ledger/row_cache.h"

#include <stdlib.h>
#include <string.h>

struct row_cache {
    struct cached_rows chunks[ROW_CACHE_CHUNKS];
    uint64_t lookups;
};

struct row_cache *row_cache_new(void) {
    return calloc(1, sizeof(struct row_cache));
}

static void forget(struct cached_rows *chunk) {
    free(chunk->offsets);
    *chunk = (struct cached_rows){0};
}

void row_cache_clear(struct row_cache *cache) {
    for (int i = 0; i < ROW_CACHE_CHUNKS; i++) {
        forget(&cache->chunks[i]);
    }
}

void row_cache_free(struct row_cache *cache) {
    if (cache != NULL) {
        row_cache_clear(cache);
        free(cache);
    }
}

static bool holds(const struct cached_rows *chunk, uint32_t agency, uint64_t bet) {
    return chunk->agency == agency && chunk->first <= bet && bet - chunk->first < chunk->count;
}

bool row_cache_has(const struct row_cache *cache, uint32_t agency, uint64_t bet) {
    for (int i = 0; i < ROW_CACHE_CHUNKS; i++) {
        if (holds(&cache->chunks[i], agency, bet)) {
            return true;
        }
    }
    return false;
}

const struct cached_rows *row_cache_find(struct row_cache *cache, uint32_t agency, uint64_t bet) {
    for (int i = 0; i < ROW_CACHE_CHUNKS; i++) {
        struct cached_rows *chunk = &cache->chunks[i];
        if (holds(chunk, agency, bet)) {
            chunk->used = ++cache->lookups;
            return chunk;
        }
    }
    return NULL;
}

// Fills in where each row begins, and where the last one ends. False if they are not `count` rows.
static bool find_rows(struct cached_rows *chunk, size_t length) {
    const char *at = chunk->rows, *end = chunk->rows + length;
    for (uint32_t i = 0; i < chunk->count; i++) {
        chunk->offsets[i] = (uint32_t)(at - chunk->rows);
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        if (newline == NULL) {
            return false;
        }
        at = newline + 1;
    }
    chunk->offsets[chunk->count] = (uint32_t)length;
    return at == end;
}

void row_cache_keep(struct row_cache *cache, const struct stored_chunk *stored) {
    size_t offsets_bytes = ((size_t)stored->count + 1) * sizeof(uint32_t);
    uint32_t *memory = stored->rows_length > UINT32_MAX ? NULL : malloc(offsets_bytes + stored->rows_length);
    if (memory == NULL) {
        return;
    }
    struct cached_rows kept = {.agency = stored->agency,
                               .count = stored->count,
                               .first = stored->first,
                               .used = ++cache->lookups,
                               .rows = (char *)memory + offsets_bytes,
                               .offsets = memory};
    memcpy(kept.rows, stored->rows, stored->rows_length);
    if (!find_rows(&kept, stored->rows_length)) {
        free(memory); // a last row without a line end, as other programs may store it
        return;
    }
    struct cached_rows *oldest = &cache->chunks[0];
    for (int i = 1; i < ROW_CACHE_CHUNKS; i++) {
        oldest = cache->chunks[i].used < oldest->used ? &cache->chunks[i] : oldest;
    }
    forget(oldest);
    *oldest = kept;
}
