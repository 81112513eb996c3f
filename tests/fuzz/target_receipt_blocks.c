// Receipts of any file are those of whole blocks, each in the tree of its note.
#include "fuzz.h"

#include "claims/receipt_blocks.h"
#include "seal/errors.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    struct source source;
    struct receipt_blocks *blocks;
    struct receipt_block block;
    struct error error;
    bool is_right = true, found = true;
    uint64_t count = 0;
    error_clear(&error);
    must_hold(source_open(file_of(bytes, length), &source, &error), "the file opens");
    must_hold(receipt_blocks_begin(&source, &blocks, &error), "it is not too large");
    while (found) {
        is_right = receipt_blocks_next(blocks, &block, &found, &error);
        if (!is_right) {
            break;
        }
        count += found;
        must_hold(!found || slice_equal(block.receipt.origin, block.commit.origin), "both are of one draw");
        must_hold(!found || count > 1 || block.has_new_note, "the first one has a note");
    }
    if (!is_right) {
        must_hold(error.code == ERROR_BAD_FORM || error.code == ERROR_FALSE_CLAIM,
                  "a refusal has its reason");
    } else {
        must_hold(count > 0 && bytes[length - 1] == '\n' && bytes[length - 2] == '\n',
                  "the last one is whole");
    }
    receipt_blocks_end(blocks);
    source_close(&source);
    return 0;
}
