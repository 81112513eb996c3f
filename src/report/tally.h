// How often each sort of thing happened, from when to when, in bounded memory.
#ifndef QUINIELA_REPORT_TALLY_H
#define QUINIELA_REPORT_TALLY_H

#include "seal/slice.h"

#include <stdint.h>

enum { TALLY_ROWS = 100, TALLY_TEXT_BYTES = 64 };

struct tally_row {
    char what[TALLY_TEXT_BYTES], reason[TALLY_TEXT_BYTES], agency[TALLY_TEXT_BYTES];
    uint64_t count;
    int64_t first, last; // seconds since 1970
};

// All zeros is an empty one.
struct tally {
    struct tally_row rows[TALLY_ROWS];
    size_t count;
    uint64_t more; // of sorts that have no room
};

// Counts that it happened so many times, up to then. Texts are cut to what a row has room for; text NULL is
// "".
void tally_add(struct tally *tally, struct slice what, struct slice reason, struct slice agency,
               uint64_t times, int64_t at);

#endif
