#include "ledger/resend.h"

#include "ledger/check.h"

#include <string.h>

struct comparison {
    const char *rows; // of the bets sent again, from the next one to be compared on
    size_t length;
    uint64_t at, end; // the next bet to be compared, and the one behind the last
    bool same;
};

// Compares what the stored chunk and the rest of the bets have in common. A chunk that differs because it was
// damaged is an error, and no other bet.
static bool compare_chunk(void *context, const struct stored_chunk *stored, struct error *error) {
    struct comparison *comparison = context;
    uint64_t stored_end = stored->first + stored->count;
    uint64_t until = stored_end < comparison->end ? stored_end : comparison->end;
    if (stored->first > comparison->at || until <= comparison->at) {
        comparison->same = false; // the stored chunks do not follow one another
    }
    if (!comparison->same) {
        return true;
    }
    uint32_t skip = (uint32_t)(comparison->at - stored->first);
    uint32_t count = (uint32_t)(until - comparison->at);
    size_t start = chunk_row_offset(stored->rows, stored->rows_length, skip);
    size_t length = chunk_row_offset(stored->rows + start, stored->rows_length - start, count);
    comparison->same =
        length <= comparison->length && memcmp(stored->rows + start, comparison->rows, length) == 0;
    if (!comparison->same && !check_digest(stored, error)) {
        return false;
    }
    comparison->rows += length <= comparison->length ? length : 0;
    comparison->length -= length <= comparison->length ? length : 0;
    comparison->at = until;
    return true;
}

bool resend_compare(struct store *store, uint32_t agency, uint64_t first, const struct chunk *chunk,
                    uint32_t count, bool *same, struct error *error) {
    *same = true;
    if (count == 0) {
        return true;
    }
    struct comparison comparison = {
        .rows = chunk->rows,
        .length = chunk_row_offset(chunk->rows, chunk->rows_length, count),
        .at = first,
        .end = first + count,
        .same = true,
    };
    if (!store_chunks(store, agency, first, first + count, compare_chunk, &comparison, error)) {
        return false;
    }
    *same = comparison.same && comparison.at == comparison.end && comparison.length == 0;
    return true;
}
