#include "claims/receipt_blocks.h"

#include "seal/encoding.h"
#include "seal/errors.h"
#include "seal/form.h"

#include <inttypes.h>
#include <stdlib.h>

bool receipt_blocks_begin(const struct source *source, struct receipt_blocks **result, struct error *error) {
    *result = NULL;
    if (!source_check_size(source, RECEIPTS_BYTES_MAX, error)) {
        return false;
    }
    struct receipt_blocks *blocks = malloc(sizeof *blocks); // not calloc: most of it is buffers
    if (blocks == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "%.250s: no memory to read it", source->path);
    }
    blocks->lines = NULL;
    blocks->count = 0;
    blocks->note_length = 0;
    blocks->note = malloc(sizeof *blocks->note);
    if (blocks->note == NULL) {
        receipt_blocks_end(blocks);
        return error_set(error, ERROR_NO_MEMORY, "%.250s: no memory to read it", source->path);
    }
    if (!file_lines_begin(source, RECEIPTS_LINE_BYTES_MAX, 0, &blocks->lines, error)) {
        receipt_blocks_end(blocks);
        return false;
    }
    *result = blocks;
    return true;
}

void receipt_blocks_end(struct receipt_blocks *blocks) {
    free(blocks->lines);
    free(blocks->note);
    free(blocks);
}

// One block -------------------------------------------------------------------------------------------------

static bool take_entry(struct form *form, struct receipt_blocks *blocks, struct slice *entry,
                       struct error *error) {
    struct slice text;
    entry->text = blocks->entry;
    return form_value(form, "entry", &text, error) &&
           (base64_decode(text, blocks->entry, sizeof blocks->entry, &entry->length) ||
            form_refuse(form, error, "entry: is no base64, or too long"));
}

// "path", and each hash behind a space.
static bool take_path(struct form *form, struct merkle_path *path, struct error *error) {
    enum { HASH_TEXT_BYTES = BASE64_TEXT_BYTES(HASH_BYTES) - 1 };
    struct slice line;
    path->length = 0;
    if (!form_line(form, &line, error)) {
        return false;
    }
    size_t count = line.length < 4 ? 0 : (line.length - 4) / (HASH_TEXT_BYTES + 1);
    bool is_path = slice_begins(line, "path") && (line.length - 4) % (HASH_TEXT_BYTES + 1) == 0 &&
                   count <= MERKLE_LEVELS_MAX;
    for (size_t i = 0; is_path && i < count; i++) {
        const char *at = line.text + 4 + i * (HASH_TEXT_BYTES + 1);
        is_path = *at == ' ' && base64_decode_exactly((struct slice){at + 1, HASH_TEXT_BYTES},
                                                      path->hashes[i].bytes, HASH_BYTES);
    }
    path->length = count;
    return is_path || form_refuse(form, error, "is no path: the word path, and a hash after each space");
}

// The note of the block before is not read again.
static bool take_note(struct form *form, struct receipt_blocks *blocks, struct receipt_block *block,
                      struct error *error) {
    struct slice text;
    size_t length;
    if (!form_value(form, "note", &text, error)) {
        return false;
    }
    if (!base64_decode(text, blocks->new_note, sizeof blocks->new_note, &length)) {
        return form_refuse(form, error, "note: is no base64, or too long");
    }
    block->note = blocks->note;
    block->has_new_note =
        length != blocks->note_length || memcmp(blocks->new_note, blocks->note_bytes, length) != 0;
    if (block->has_new_note) {
        memcpy(blocks->note_bytes, blocks->new_note, length);
        blocks->note_length = 0; // until it is seen to be one
        if (!note_parse("the receipts' note", (struct slice){blocks->note_bytes, length}, blocks->note,
                        error)) {
            return false;
        }
        blocks->note_length = length;
    }
    return receipts_parse(blocks->note->text, &block->commit, error);
}

static bool parse(struct receipt_blocks *blocks, struct slice text, struct receipt_block *block,
                  struct error *error) {
    struct form form;
    struct slice entry;
    struct merkle_path path;
    uint64_t index;
    form_begin(&form, "the receipt's block", text);
    return take_entry(&form, blocks, &entry, error) &&
           form_number(&form, "index", 0, UINT64_MAX, &index, error) && take_path(&form, &path, error) &&
           take_note(&form, blocks, block, error) && form_end(&form, error) &&
           receipt_parse(entry, &block->receipt, error) &&
           receipts_hold(&block->commit, entry, index, &path, error);
}

// All of them -----------------------------------------------------------------------------------------------

// Collects the lines up to the next empty one. *found is false at the end of the file.
static bool collect(struct receipt_blocks *blocks, size_t *length, bool *found, struct error *error) {
    struct line line;
    *length = 0;
    for (size_t count = 0; file_lines_next(blocks->lines, &line, found, error); count++) {
        if (!*found || !line.has_end) {
            return (count == 0 && !*found) ||
                   file_lines_refuse(blocks->lines, error, "the last receipt is cut off");
        }
        if (line.text.length == 0) {
            return true;
        }
        if (count == RECEIPT_BLOCK_LINES) {
            return file_lines_refuse(blocks->lines, error, "is one too many of a receipt");
        }
        memcpy(blocks->block + *length, line.text.text, line.text.length + 1); // with its end
        *length += line.text.length + 1;
    }
    return false;
}

bool receipt_blocks_next(struct receipt_blocks *blocks, struct receipt_block *block, bool *found,
                         struct error *error) {
    size_t length;
    if (!collect(blocks, &length, found, error)) {
        return false;
    }
    if (!*found) {
        return blocks->count > 0 || error_set(error, ERROR_BAD_FORM, "is empty");
    }
    if (!parse(blocks, (struct slice){blocks->block, length}, block, error)) {
        const struct error reason = *error;
        return error_set(error, reason.code, "the receipt that ends in line %" PRIu64 ": %s",
                         blocks->lines->number, reason.text);
    }
    return ++blocks->count <= RECEIPTS_MAX ||
           error_set(error, ERROR_BAD_FORM, "has more than %d receipts", RECEIPTS_MAX);
}
