#include "agency/comparison.h"

#include "base/memory.h"
#include "bet/errors.h"
#include "bet/limits.h"
#include "wire/limits.h"

#include <inttypes.h>
#include <string.h>

enum {
    STEP_BETS = 100 * 1000, // about 20 ms; signals are handled between two steps
    // The longest message that we would send for a piece. It arrived in one of MESSAGE_BYTES_MAX, but a
    // two-byte character may have been sent as two bytes, and takes six in ours.
    PIECE_MESSAGE_BYTES_MAX = 4 * MESSAGE_BYTES_MAX,
};

struct comparison {
    struct reader *reader;
    struct chunk *chunk; // the file's bets in the place of one piece
    size_t next, count;  // of the pieces
    struct piece pieces[PIECES_LISTED_MAX];
};

struct comparison *comparison_new(struct reader *reader) {
    struct comparison *comparison = memory_zeroed(1, sizeof *comparison);
    struct chunk *chunk = chunk_new(CHUNK_BETS_MAX, PIECE_MESSAGE_BYTES_MAX);
    if (comparison == NULL || chunk == NULL) {
        memory_free(comparison);
        chunk_free(chunk);
        return NULL;
    }
    comparison->reader = reader;
    comparison->chunk = chunk;
    return comparison;
}

void comparison_free(struct comparison *comparison) {
    if (comparison != NULL) {
        chunk_free(comparison->chunk);
        memory_free(comparison);
    }
}

bool comparison_take(struct comparison *comparison, uint64_t from, const struct piece *pieces, size_t count,
                     struct error *error) {
    for (size_t i = 0; i < count; i++) {
        bool follows = i > 0 ? pieces[i].first == from
                             : pieces[i].first <= from && from < pieces[i].first + pieces[i].count;
        if (!follows || pieces[i].count > CHUNK_BETS_MAX) {
            return error_set(error, ERROR_BAD_MESSAGE,
                             "the central's list of what is stored does not continue from bet %" PRIu64,
                             from);
        }
        from = pieces[i].first + pieces[i].count;
    }
    memcpy(comparison->pieces, pieces, count * sizeof *pieces);
    comparison->next = 0;
    comparison->count = count;
    return true;
}

// The index of a bet is the index of its line.
static bool differs(const struct reader *reader, const struct piece *piece, bool at_end,
                    struct error *error) {
    uint64_t end = piece->first + piece->count, has = reader_position(reader);
    if (at_end && has < end) {
        return error_set(
            error, ERROR_CONFLICT,
            "%.120s: has %" PRIu64 " bets, but %" PRIu64
            " or more are already stored: another file was sent for this agency, or this one has "
            "changed",
            reader_path(reader), has, end);
    }
    return error_set(error, ERROR_CONFLICT,
                     "%.120s: lines %" PRIu64 " to %" PRIu64
                     " are not the bets stored in their place: another file was sent for this "
                     "agency, or this one has changed",
                     reader_path(reader), piece->first + 1, end);
}

static bool compare_piece(struct comparison *comparison, const struct piece *piece, struct error *error) {
    struct reader *reader = comparison->reader;
    struct chunk *chunk = comparison->chunk;
    bool at_end, same = false;
    chunk_clear(chunk);
    if (!reader_seek(reader, piece->first, error) ||
        !reader_fill(reader, chunk, piece->count, PIECE_MESSAGE_BYTES_MAX, &at_end, error)) {
        return false;
    }
    if (chunk->count == piece->count && !chunk_compare_digest(chunk->numbers, chunk->count, chunk->rows,
                                                              chunk->rows_length, piece->digest, &same)) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for a digest");
    }
    return same || differs(reader, piece, at_end, error);
}

bool comparison_step(struct comparison *comparison, uint64_t *same_until, bool *more, struct error *error) {
    for (uint64_t bets = 0; comparison->next < comparison->count && bets < STEP_BETS;) {
        const struct piece *piece = &comparison->pieces[comparison->next];
        if (!compare_piece(comparison, piece, error)) {
            return false;
        }
        bets += piece->count;
        *same_until = piece->first + piece->count;
        comparison->next++;
    }
    *more = comparison->next < comparison->count;
    return true;
}
