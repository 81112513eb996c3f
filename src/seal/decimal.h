// Whole numbers as ASCII digits, without a leading zero unless the number is 0.
#ifndef QUINIELA_SEAL_DECIMAL_H
#define QUINIELA_SEAL_DECIMAL_H

#include "base/attributes.h"
#include "seal/slice.h"

#include <stdint.h>

enum { DECIMAL_TEXT_BYTES = 21 }; // of any number, and a NUL

// Reads a number of at most `max`. Returns false for any other text.
bool decimal_parse(struct slice text, uint64_t max, uint64_t *value) MUST_CHECK;

// Writes the number, and a NUL. Returns the text's length.
size_t decimal_format(uint64_t value, char text[DECIMAL_TEXT_BYTES]);

#endif
