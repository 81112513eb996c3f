// Some of a draw's chunks in a row, copied, and the parts of their agencies' trees that they make: what one
// thread of root.h has in hand.
#ifndef QUINIELA_SEAL_ROOT_BATCH_H
#define QUINIELA_SEAL_ROOT_BATCH_H

#include "seal/bet_leaves.h"
#include "seal/merkle_run.h"

#include <stdatomic.h>

enum {
    ROOT_BATCH_BYTES = 256 * 1024, // of rows and numbers; more only where one chunk alone has more
    ROOT_BATCH_PIECES = 512,       // chunks
    ROOT_BATCH_PARTS = 2048,       // parts of trees
};

// A chunk as it is stored. Its bytes are the caller's.
struct root_chunk {
    uint32_t agency; // from 1
    uint64_t first;  // bets of this agency before it
    uint32_t count;  // bets
    const char *rows;
    size_t rows_length;     // bytes: the bets' texts, each ended by '\n'
    const uint8_t *numbers; // packed, 2 bytes each, little-endian; or NULL
    const uint8_t *digest;  // chunk_digest of numbers and rows; NULL exactly when `numbers` is
};

// One in a batch.
struct root_piece {
    uint32_t agency, count;
    uint64_t first;
    size_t rows_at, rows_length, numbers_at; // in `bytes`
    bool is_checked;                         // against numbers and digest
    uint8_t digest[HASH_BYTES];
    uint32_t parts; // that end with this piece; 0 where the next one continues the run
};

struct root_batch {
    uint8_t *bytes;
    size_t bytes_used, bytes_max;
    size_t count, parts_max; // pieces; parts that they may make
    struct root_piece pieces[ROOT_BATCH_PIECES];
    struct merkle_part parts[ROOT_BATCH_PARTS]; // of the pieces, in their order
    struct error error;                         // of the computation
};

// Makes an empty batch. False when out of memory. root_batch_end frees what it holds.
bool root_batch_begin(struct root_batch *batch) MUST_CHECK;
void root_batch_end(struct root_batch *batch);

// Removes every piece, and keeps the memory.
void root_batch_clear(struct root_batch *batch);

// Whether there is room for the chunk. There is for any one in an empty batch.
bool root_batch_has_room(const struct root_batch *batch, const struct root_chunk *chunk);

// Copies a chunk into the batch, which has room. False when out of memory.
bool root_batch_add(struct root_batch *batch, const struct root_chunk *chunk) MUST_CHECK;

// Computes the parts, or sets the batch's error: ERROR_FALSE_CLAIM, with the agency and the bet, when a chunk
// has not as many rows as it says, one of them is too long, or numbers or digest are not theirs;
// ERROR_SEAL_STOPPED soon after `stop` is set.
void root_batch_compute(struct root_batch *batch, struct slice origin, const uint8_t secret[SECRET_BYTES],
                        const atomic_bool *stop);

#endif
