// The result of a draw, as the server signs it.
#ifndef QUINIELA_SEAL_RESULT_H
#define QUINIELA_SEAL_RESULT_H

#include "base/error.h"
#include "seal/hash.h"
#include "seal/slice.h"

enum { RESULT_BYTES_MAX = 512 };

struct result {
    struct slice origin;
    struct hash seal; // H(SEAL)
    uint16_t number;  // less than SEAL_NUMBERS
    uint64_t winners; // bets that won
};

// Writes the text, without a NUL. Returns its length.
size_t result_write(const struct result *result, char text[RESULT_BYTES_MAX]);

// Reads the text; its origin points into it. ERROR_BAD_FORM.
bool result_parse(struct slice text, struct result *result, struct error *error) MUST_CHECK;

#endif
