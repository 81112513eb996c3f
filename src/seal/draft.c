#include "seal/draft.h"

#include "seal/encoding.h"

#include <stdarg.h>
#include <stdio.h>

enum { PRINT_BYTES = 1024, PIECE_BYTES = 48 };

void draft_begin(struct draft *draft, char *room, size_t max) {
    *draft = (struct draft){.text = room, .max = max};
}

void draft_add(struct draft *draft, struct slice text) {
    if (draft->is_over || text.length > draft->max - draft->length) {
        draft->is_over = true;
        return;
    }
    if (text.length > 0) {
        memcpy(draft->text + draft->length, text.text, text.length);
        draft->length += text.length;
    }
}

void draft_print(struct draft *draft, const char *format, ...) {
    char text[PRINT_BYTES];
    va_list values;
    va_start(values, format);
    int length = vsnprintf(text, sizeof text, format, values);
    va_end(values);
    if (length < 0 || (size_t)length >= sizeof text) {
        draft->is_over = true;
        return;
    }
    draft_add(draft, (struct slice){text, (size_t)length});
}

void draft_base64(struct draft *draft, const void *bytes, size_t length) {
    const uint8_t *at = bytes;
    while (length > 0) { // pieces of a multiple of 3 bytes have no padding
        char text[BASE64_TEXT_BYTES(PIECE_BYTES)];
        size_t piece = length < PIECE_BYTES ? length : PIECE_BYTES;
        size_t written = base64_encode(at, piece, text);
        draft_add(draft, (struct slice){text, written});
        at += piece;
        length -= piece;
    }
}

void draft_hash(struct draft *draft, const char *before, const struct hash *hash, const char *after) {
    draft_add(draft, slice_of(before));
    draft_base64(draft, hash->bytes, sizeof hash->bytes);
    draft_add(draft, slice_of(after));
}

struct slice draft_text(const struct draft *draft) {
    return (struct slice){draft->text, draft->length};
}
