// Words that are nearly the same: what somebody meant to write.
#ifndef QUINIELA_BASE_NEAR_WORD_H
#define QUINIELA_BASE_NEAR_WORD_H

#include <stdbool.h>

// Whether one edit makes `a` the same as `b`, upper or lower case: a byte more, a byte less, another byte, or
// two neighbours in the other order. False when they are the same already.
bool near_word(const char *a, const char *b);

#endif
