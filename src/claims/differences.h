// What two files say differently of agencies, for one claim: the first ones are named, the rest is counted.
#ifndef QUINIELA_CLAIMS_DIFFERENCES_H
#define QUINIELA_CLAIMS_DIFFERENCES_H

#include "base/attributes.h"

#include <stddef.h>
#include <stdint.h>

enum { DIFFERENCES_NAMED_MAX = 20, DIFFERENCE_BYTES_MAX = 160, DIFFERENCES_BYTES = 4096 };

// Begins zeroed.
struct differences {
    uint64_t count;
    size_t length;
    char text[DIFFERENCES_BYTES]; // "agency 3 has …; agency 5 …", ended by a NUL
};

// Adds one: what is to be said of the agency, cut where it is too long.
void differences_add(struct differences *differences, uint32_t agency, const char *format, ...)
    PRINTF_LIKE(3, 4);

// What comes behind the text: "" or that there are more.
const char *differences_rest(const struct differences *differences);

#endif
