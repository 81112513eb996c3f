// The receipts of one commit: an entry for each chunk, their tree, and the one note that the server signs for
// all.
#ifndef QUINIELA_NOTARY_COMMIT_RECEIPTS_H
#define QUINIELA_NOTARY_COMMIT_RECEIPTS_H

#include "notary/notary.h"
#include "seal/merkle_tree.h"
#include "seal/receipt.h"

enum { RECEIPTS_NOTE_BYTES_MAX = 1024 };

struct commit_receipts {
    // Of the draw; the texts and `secret` (SECRET_BYTES) are the caller's.
    struct slice origin;
    struct hash rules;
    const uint8_t *secret;
    // What commit_receipts_add and _sign have made.
    struct merkle_tree tree;
    char note[RECEIPTS_NOTE_BYTES_MAX];
    size_t note_size;
};

// Begins with none.
void commit_receipts_begin(struct commit_receipts *receipts, struct slice origin, const struct hash *rules,
                           const uint8_t *secret);
void commit_receipts_end(struct commit_receipts *receipts);

// Adds a chunk, as it was sent, and writes its entry into `entry`; *length is the entry's. Its index is how
// many there were before. False when there is no memory.
bool commit_receipts_add(struct commit_receipts *receipts, uint32_t agency, uint64_t first, uint64_t count,
                         const struct hash *digest, char entry[RECEIPT_BYTES_MAX], size_t *length) MUST_CHECK;

// Signs for all that were added, at least one, at `time` (seconds since 1970). ERROR_NO_MEMORY.
bool commit_receipts_sign(struct commit_receipts *receipts, const struct notary *notary, uint64_t time,
                          struct error *error) MUST_CHECK;

// The path of the entry with that index.
void commit_receipts_path(const struct commit_receipts *receipts, uint64_t index, struct merkle_path *path);

#endif
