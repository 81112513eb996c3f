// Moments in UTC, in whole seconds: "2026-11-25T21:00:00Z".
#ifndef QUINIELA_SEAL_INSTANT_H
#define QUINIELA_SEAL_INSTANT_H

#include "base/attributes.h"
#include "seal/slice.h"

#include <stdint.h>

enum { INSTANT_TEXT_BYTES = 21 };          // and a NUL
#define INSTANT_MAX UINT64_C(253402300799) // 9999-12-31T23:59:59Z

// Reads a moment from 1970 to 9999, as seconds since 1970 (POSIX: no leap seconds). Returns false for any
// other text, and for days and times that there are not.
bool instant_parse(struct slice text, uint64_t *seconds) MUST_CHECK;

// Writes the moment, at most INSTANT_MAX, and a NUL. Returns the text's length.
size_t instant_format(uint64_t seconds, char text[INSTANT_TEXT_BYTES]);

#endif
