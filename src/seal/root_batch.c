#include "seal/root_batch.h"

#include "bet/chunk.h"
#include "seal/errors.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>

bool root_batch_begin(struct root_batch *batch) {
    batch->bytes = malloc(ROOT_BATCH_BYTES);
    batch->bytes_max = ROOT_BATCH_BYTES;
    root_batch_clear(batch);
    return batch->bytes != NULL;
}

void root_batch_end(struct root_batch *batch) {
    free(batch->bytes);
}

void root_batch_clear(struct root_batch *batch) {
    batch->bytes_used = 0;
    batch->count = 0;
    batch->parts_max = 0;
    error_clear(&batch->error);
}

static size_t bytes_of(const struct root_chunk *chunk) {
    return chunk->rows_length + (chunk->numbers == NULL ? 0 : 2 * (size_t)chunk->count);
}

bool root_batch_has_room(const struct root_batch *batch, const struct root_chunk *chunk) {
    return batch->count == 0 || (batch->count < ROOT_BATCH_PIECES &&
                                 batch->parts_max + merkle_run_parts_max(chunk->count) <= ROOT_BATCH_PARTS &&
                                 batch->bytes_used + bytes_of(chunk) <= ROOT_BATCH_BYTES);
}

bool root_batch_add(struct root_batch *batch, const struct root_chunk *chunk) {
    assert(root_batch_has_room(batch, chunk) && (chunk->numbers == NULL) == (chunk->digest == NULL));
    size_t used = batch->bytes_used, wanted = used + bytes_of(chunk);
    if (wanted > batch->bytes_max) {
        uint8_t *bytes = realloc(batch->bytes, wanted);
        if (bytes == NULL) {
            return false;
        }
        batch->bytes = bytes;
        batch->bytes_max = wanted;
    }
    struct root_piece *piece = &batch->pieces[batch->count++];
    *piece = (struct root_piece){.agency = chunk->agency,
                                 .count = chunk->count,
                                 .first = chunk->first,
                                 .rows_at = used,
                                 .rows_length = chunk->rows_length,
                                 .numbers_at = used + chunk->rows_length,
                                 .is_checked = chunk->numbers != NULL};
    if (chunk->rows_length > 0) {
        memcpy(batch->bytes + piece->rows_at, chunk->rows, chunk->rows_length);
    }
    if (piece->is_checked) {
        memcpy(batch->bytes + piece->numbers_at, chunk->numbers, 2 * (size_t)chunk->count);
        memcpy(piece->digest, chunk->digest, sizeof piece->digest);
    }
    batch->bytes_used = wanted;
    batch->parts_max += merkle_run_parts_max(chunk->count);
    return true;
}

// Always returns false.
static bool damaged(struct root_batch *batch, const struct root_piece *piece, uint64_t bet,
                    const char *what) {
    return error_set(&batch->error, ERROR_FALSE_CLAIM,
                     "agency %" PRIu32 ", bet %" PRIu64 ", in the chunk of %" PRIu32 " bets from bet %" PRIu64
                     " on: %s",
                     piece->agency, bet, piece->count, piece->first, what);
}

static bool check_digest(struct root_batch *batch, const struct root_piece *piece) {
    const char *rows = (const char *)batch->bytes + piece->rows_at;
    bool same = false;
    return (chunk_compare_digest(batch->bytes + piece->numbers_at, piece->count, rows, piece->rows_length,
                                 piece->digest, &same) &&
            same) ||
           damaged(batch, piece, piece->first, "the digest is not that of its bets");
}

// Whether the row's last field is the number; it may begin with zeros.
static bool ends_in(struct slice row, uint16_t number) {
    size_t at = row.length;
    uint32_t value = 0, unit = 1;
    for (; at > 0 && row.text[at - 1] != ','; at--) {
        uint32_t digit = (uint32_t)(unsigned char)row.text[at - 1] - '0';
        if (digit > 9) {
            return false;
        }
        value += digit * unit;
        unit *= unit > BET_NUMBER_MAX ? 1 : 10; // beyond it only zeros are right
    }
    return at > 0 && at < row.length && value == number;
}

// Finds the piece's next rows, at most HASHES_TOGETHER: from its bet `done` on, which begins at *at.
static bool find_rows(struct root_batch *batch, const struct root_piece *piece, uint32_t done,
                      const char **at, struct slice *rows, size_t count) {
    const char *end = (const char *)batch->bytes + piece->rows_at + piece->rows_length;
    const uint8_t *numbers = batch->bytes + piece->numbers_at;
    for (uint32_t i = 0; i < count; i++) {
        const char *newline = *at == end ? NULL : memchr(*at, '\n', (size_t)(end - *at));
        if (newline == NULL) {
            return damaged(batch, piece, piece->first + done + i, "it is not there");
        }
        rows[i] = (struct slice){*at, (size_t)(newline - *at)};
        if (rows[i].length > BET_TEXT_BYTES_MAX) {
            return damaged(batch, piece, piece->first + done + i, "it is longer than any bet");
        }
        if (piece->is_checked && !ends_in(rows[i], chunk_number(numbers, done + i))) {
            return damaged(batch, piece, piece->first + done + i, "its number is not the one stored for it");
        }
        *at = newline + 1;
    }
    return true;
}

static bool hash_rows(struct root_batch *batch, const struct root_piece *piece, struct bet_leaves *leaves,
                      struct merkle_run *run) {
    const char *at = (const char *)batch->bytes + piece->rows_at, *end = at + piece->rows_length;
    size_t count;
    for (uint32_t done = 0; done < piece->count; done += (uint32_t)count) {
        struct slice rows[HASHES_TOGETHER];
        struct hash made[HASHES_TOGETHER];
        // Up to where the index is a multiple of it, so that whole parts come together.
        count = HASHES_TOGETHER - leaves->next % HASHES_TOGETHER;
        count = count < piece->count - done ? count : piece->count - done;
        if (!find_rows(batch, piece, done, &at, rows, count)) {
            return false;
        }
        bet_leaves_next(leaves, rows, count, made);
        merkle_run_add(run, made, count);
    }
    return at == end || damaged(batch, piece, piece->first + piece->count, "it is one more than there are");
}

static bool continues(const struct root_piece *one, const struct root_piece *next) {
    return one->agency == next->agency && one->first + one->count == next->first;
}

void root_batch_compute(struct root_batch *batch, struct slice origin, const uint8_t secret[SECRET_BYTES],
                        const atomic_bool *stop) {
    struct bet_leaves leaves = {0};
    struct merkle_run run = {.parts = batch->parts};
    bool is_right = true;
    for (size_t i = 0; i < batch->count && is_right; i++) {
        struct root_piece *piece = &batch->pieces[i];
        if (i == 0 || !continues(piece - 1, piece)) {
            uint8_t key[AGENCY_KEY_BYTES];
            agency_key_make(secret, origin, piece->agency, key);
            bet_leaves_begin(&leaves, piece->agency, key, piece->first);
            merkle_run_begin(&run, piece->first, run.parts + run.count);
            explicit_bzero(key, sizeof key);
        }
        if (atomic_load_explicit(stop, memory_order_relaxed)) {
            is_right = error_set(&batch->error, ERROR_SEAL_STOPPED, "the seal's computation was stopped");
        } else {
            is_right =
                (!piece->is_checked || check_digest(batch, piece)) && hash_rows(batch, piece, &leaves, &run);
        }
        bool is_last = i + 1 == batch->count || !continues(piece, piece + 1);
        piece->parts = is_last ? (uint32_t)run.count : 0;
    }
    explicit_bzero(&leaves, sizeof leaves);
}
