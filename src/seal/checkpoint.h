// SEAL: the C2SP checkpoint that commits to every bet of a draw, and to its rules.
#ifndef QUINIELA_SEAL_CHECKPOINT_H
#define QUINIELA_SEAL_CHECKPOINT_H

#include "base/error.h"
#include "seal/hash.h"
#include "seal/limits.h"
#include "seal/slice.h"

enum { CHECKPOINT_BYTES_MAX = ORIGIN_BYTES_MAX + 32 + 48 };

struct checkpoint {
    struct slice origin;
    uint64_t size; // of the draw tree: agencies + 1
    struct hash root;
};

// Writes the text, without a NUL. Returns its length.
size_t checkpoint_write(const struct checkpoint *checkpoint, char text[CHECKPOINT_BYTES_MAX]);

// Reads the text; its origin points into it. ERROR_BAD_FORM: also when the size is none that a draw can have.
bool checkpoint_parse(struct slice text, struct checkpoint *checkpoint, struct error *error) MUST_CHECK;

#endif
