// A text that is put together, within a room that is given.
#ifndef QUINIELA_SEAL_DRAFT_H
#define QUINIELA_SEAL_DRAFT_H

#include "base/attributes.h"
#include "seal/hash.h"
#include "seal/slice.h"

struct draft {
    char *text;
    size_t length, max; // bytes; no NUL is written
    bool is_over;       // something had no room, and was left out with all that followed
};

// Begins a text in `room`, which has `max` bytes.
void draft_begin(struct draft *draft, char *room, size_t max);

// Appends bytes; a formatted text of at most 1 KiB; base64 of at most 64 KiB.
void draft_add(struct draft *draft, struct slice text);
void draft_print(struct draft *draft, const char *format, ...) PRINTF_LIKE(2, 3);
void draft_base64(struct draft *draft, const void *bytes, size_t length);

// Appends `before`, the hash in base64, and `after`.
void draft_hash(struct draft *draft, const char *before, const struct hash *hash, const char *after);

// The text so far.
struct slice draft_text(const struct draft *draft);

#endif
