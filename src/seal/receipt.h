// Receipts: what an agency gets for a stored chunk. The entries of one commit are a tree, whose root the
// server signs.
#ifndef QUINIELA_SEAL_RECEIPT_H
#define QUINIELA_SEAL_RECEIPT_H

#include "seal/draw_entry.h"
#include "seal/merkle_path.h"
#include "seal/salt.h"

enum { RECEIPT_BYTES_MAX = 512 }; // of an entry, and of the text of a note

// An entry: one chunk, as it was sent.
struct receipt {
    struct slice origin;
    struct hash rules; // H(text of the newest rules)
    uint32_t agency;   // from 1
    uint64_t first, count;
    struct hash digest; // as chunk_digest gives it
    uint8_t nonce[SALT_BYTES];
};

// Writes the entry, without a NUL. Returns its length.
size_t receipt_write(const struct receipt *receipt, char text[RECEIPT_BYTES_MAX]);

// Reads an entry; its origin points into it. ERROR_BAD_FORM: also when first + count are too large for 64
// bits.
bool receipt_parse(struct slice text, struct receipt *receipt, struct error *error) MUST_CHECK;

// The text of a commit's note.
struct receipts {
    struct slice origin;
    uint64_t size; // entries, at least 1
    struct hash root;
    uint64_t time; // seconds since 1970
};

size_t receipts_write(const struct receipts *receipts, char text[RECEIPT_BYTES_MAX]);
bool receipts_parse(struct slice text, struct receipts *receipts, struct error *error) MUST_CHECK;

// Checks that the entry, as it was given, is in the commit's tree, and of the same draw. ERROR_BAD_FORM,
// ERROR_FALSE_CLAIM. The note's signature is the caller's to check.
bool receipts_hold(const struct receipts *receipts, struct slice entry, uint64_t index,
                   const struct merkle_path *path, struct error *error) MUST_CHECK;

#endif
