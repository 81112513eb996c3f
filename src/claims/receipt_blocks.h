// The receipts of a file, as an agency keeps them: blocks of four lines, each ended by an empty one.
#ifndef QUINIELA_CLAIMS_RECEIPT_BLOCKS_H
#define QUINIELA_CLAIMS_RECEIPT_BLOCKS_H

#include "claims/file_lines.h"
#include "seal/note.h"
#include "seal/receipt.h"

enum {
    RECEIPTS_LINE_BYTES_MAX = 128 * 1024,
    RECEIPT_BLOCK_LINES = 4,
    RECEIPTS_BYTES_MAX = 1024 * 1024 * 1024,
    RECEIPTS_MAX = 5 * 1000 * 1000, // of an agency; more than a file has room for
};

struct receipt_blocks {
    struct file_lines *lines;
    uint64_t count; // of receipts so far
    struct note *note;
    char block[RECEIPT_BLOCK_LINES * RECEIPTS_LINE_BYTES_MAX];
    char entry[RECEIPT_BYTES_MAX];
    size_t note_length;
    char note_bytes[NOTE_BYTES_MAX], new_note[NOTE_BYTES_MAX];
};

// A receipt that is in the tree of its commit's note. Everything points into the blocks, and is valid until
// the next is read.
struct receipt_block {
    struct receipt receipt;
    struct receipts commit;
    const struct note *note; // whose signature has not been checked
    bool has_new_note;       // false: it is the one of the block before
};

// Begins to read the file. ERROR_BAD_FORM when it is too large, ERROR_NO_MEMORY. Ended by receipt_blocks_end.
bool receipt_blocks_begin(const struct source *source, struct receipt_blocks **blocks,
                          struct error *error) MUST_CHECK;
void receipt_blocks_end(struct receipt_blocks *blocks);

// Reads the next receipt; *found is false at the end. ERROR_BAD_FORM, ERROR_FALSE_CLAIM, with the line;
// ERROR_SYSTEM.
bool receipt_blocks_next(struct receipt_blocks *blocks, struct receipt_block *block, bool *found,
                         struct error *error) MUST_CHECK;

#endif
