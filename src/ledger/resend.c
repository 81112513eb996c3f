#include "ledger/resend.h"

#include "bet/errors.h"
#include "ledger/chunk_check.h"
#include "ledger/continuity.h"

#include <string.h>

struct comparison {
    struct row_cache *cache;
    uint32_t agency;
    const char *rows; // of the bets sent again, from the next one to compare
    size_t length;
    uint64_t at, end; // the next bet to compare, and the end of the bets
    bool same;
    size_t largest; // bytes of a chunk that was read
    struct error damage;
};

// Compares the bets up to `until` with these stored rows, and moves on to `until`.
static void compare_rows(struct comparison *comparison, uint64_t until, const char *rows, size_t length) {
    comparison->same = length <= comparison->length && memcmp(rows, comparison->rows, length) == 0;
    if (comparison->same) {
        comparison->rows += length;
        comparison->length -= length;
        comparison->at = until;
    }
}

static uint64_t until_end_of(const struct comparison *comparison, uint64_t stored_end) {
    return stored_end < comparison->end ? stored_end : comparison->end;
}

// A damaged or missing stored row does not fail the comparison: it ends it, and the damage is noted.
static bool find_damage(struct comparison *comparison, const struct error *error) {
    if (error->code != ERROR_STORE_FAILED) {
        return false;
    }
    comparison->damage = *error;
    comparison->same = false;
    return true;
}

// Compares the bets that the stored chunk and the rest of the resend share. A chunk that differs because it
// is damaged or missing does not count as other bets. A chunk that costs more to read than was sent is
// checked and kept.
static bool compare_chunk(void *context, const struct stored_chunk *stored, struct error *error) {
    struct comparison *comparison = context;
    if (stored->rows_length > comparison->largest) {
        comparison->largest = stored->rows_length;
    }
    uint64_t until = until_end_of(comparison, stored->first + stored->count);
    if (!comparison->same) {
        return true;
    }
    if (stored->first > comparison->at) {
        (void)continuity_missing(comparison->agency, comparison->at, stored->first, error);
        return find_damage(comparison, error);
    }
    if (until <= comparison->at) {
        (void)continuity_misplaced(stored, error);
        return find_damage(comparison, error);
    }
    bool is_large = stored->rows_length > comparison->length;
    uint32_t skip = (uint32_t)(comparison->at - stored->first);
    uint32_t count = (uint32_t)(until - comparison->at);
    size_t start = chunk_row_offset(stored->rows, stored->rows_length, skip);
    size_t length = chunk_row_offset(stored->rows + start, stored->rows_length - start, count);
    compare_rows(comparison, until, stored->rows + start, length);
    if ((is_large || !comparison->same) && !chunk_check_digest(stored, error)) {
        return find_damage(comparison, error);
    }
    if (is_large) {
        row_cache_keep(comparison->cache, stored);
    }
    return true;
}

static void compare_cached(struct comparison *comparison, const struct cached_rows *cached) {
    uint64_t until = until_end_of(comparison, cached->first + cached->count);
    const uint32_t *offsets = cached->offsets;
    uint32_t start = offsets[comparison->at - cached->first];
    compare_rows(comparison, until, cached->rows + start, offsets[until - cached->first] - start);
}

// Compares with the next stored chunks, up to one that is in the cache. False when the store fails.
static bool compare_next(struct store *store, struct comparison *comparison, struct error *error) {
    uint64_t from = comparison->at, to = comparison->end;
    const struct cached_rows *cached = row_cache_find(comparison->cache, comparison->agency, from);
    if (cached != NULL) {
        compare_cached(comparison, cached);
        return true;
    }
    cached = row_cache_find(comparison->cache, comparison->agency, to - 1);
    if (cached != NULL && cached->first > from) {
        to = cached->first;
    }
    if (!store_chunks(store, comparison->agency, from, to, compare_chunk, comparison, error)) {
        return false;
    }
    if (!comparison->same || comparison->at >= to) {
        return true;
    }
    (void)continuity_missing(comparison->agency, comparison->at, to, error);
    return find_damage(comparison, error);
}

bool resend_compare(struct store *store, struct row_cache *cache, uint32_t agency, uint64_t first,
                    const struct chunk *chunk, uint32_t count, struct resend_result *result,
                    struct error *error) {
    struct comparison comparison = {
        .cache = cache,
        .agency = agency,
        .rows = chunk->rows,
        .length = chunk_row_offset(chunk->rows, chunk->rows_length, count),
        .at = first,
        .end = first + count,
        .same = true,
    };
    error_clear(&comparison.damage);
    bool done = true;
    while (done && comparison.same && comparison.at < comparison.end) {
        done = compare_next(store, &comparison, error);
    }
    *result = (struct resend_result){.same = comparison.same && comparison.length == 0,
                                     .largest = comparison.largest,
                                     .damage = comparison.damage};
    return done;
}
