// Words that differ by a typing error.
#ifndef QUINIELA_BASE_NEAR_WORD_H
#define QUINIELA_BASE_NEAR_WORD_H

#include <stdbool.h>

// Whether one edit makes `a` the same as `b`, ignoring case: one byte added, removed or replaced, or two
// neighbours swapped. False when they are already the same.
bool near_word(const char *a, const char *b);

#endif
