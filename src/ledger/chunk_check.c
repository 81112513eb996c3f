#include "ledger/chunk_check.h"

#include "bet/bet.h"
#include "bet/chunk.h"
#include "bet/errors.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

static_assert((int)CHUNK_DIGEST_BYTES == (int)STORE_DIGEST_BYTES, "the store keeps a chunk's digest whole");

static bool damaged_chunk(const struct stored_chunk *chunk, const char *reason, struct error *error) {
    return error_set(error, ERROR_STORE_FAILED,
                     "the stored chunk of agency %" PRIu32 ", first %" PRIu64 ", is damaged: %s",
                     chunk->agency, chunk->first, reason);
}

bool chunk_check_digest(const struct stored_chunk *chunk, struct error *error) {
    if (chunk->rows == NULL) {
        return damaged_chunk(chunk, "its text is missing", error);
    }
    bool same;
    if (!chunk_compare_digest(chunk->numbers, chunk->count, chunk->rows, chunk->rows_length, chunk->digest,
                              &same)) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for a digest");
    }
    return same || damaged_chunk(chunk, "its digest is another", error);
}

static bool check_rows(const struct stored_chunk *chunk, struct error *error) {
    const char *row = chunk->rows;
    const char *end = chunk->rows + chunk->rows_length;
    for (uint32_t i = 0; i < chunk->count; i++) {
        const char *newline = memchr(row, '\n', (size_t)(end - row));
        if (newline == NULL) {
            return damaged_chunk(chunk, "it has fewer lines than bets", error);
        }
        struct bet bet;
        struct error bet_error;
        if (!bet_parse(row, (size_t)(newline - row), &bet, &bet_error)) {
            return damaged_chunk(chunk, bet_error.text, error);
        }
        if (bet.number != chunk_number(chunk->numbers, i)) {
            return damaged_chunk(chunk, "a line's number is not the one stored beside it", error);
        }
        row = newline + 1;
    }
    return row == end || damaged_chunk(chunk, "it has more lines than bets", error);
}

bool chunk_check(const struct stored_chunk *chunk, struct error *error) {
    return chunk_check_digest(chunk, error) && check_rows(chunk, error);
}
