// Which agencies of those that somebody asks about have been silent the longest.
#ifndef QUINIELA_CONTROL_SILENCE_H
#define QUINIELA_CONTROL_SILENCE_H

#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

struct pulse;

enum { SILENT_MAX = 20 }; // of one answer

struct silence {
    struct silent {
        uint32_t agency;
        uint32_t for_s; // PULSE_NEVER: this server has not heard of it
    } longest[SILENT_MAX];
    size_t count;
    uint64_t never, quiet; // how many: not heard of; silent for long
};

// Looks at the agencies of `among`, numbers and ranges as in "1-3,7", by number. The longest silent come
// first. Where more than half of them were never heard of, and enough others were, half of the places are
// for those: who began and went silent is not lost among those who have not begun. A NULL `pulse` only checks
// the text. ERROR_BAD_ORDER when it is none.
bool silence_look(const struct pulse *pulse, const char *among, struct silence *silence,
                  struct error *error) MUST_CHECK;

// For how many seconds an agency has been silent; PULSE_NEVER when nobody has heard of it.
typedef uint32_t (*silence_of)(const void *context, uint32_t agency);

// The same, of what `of` says of each agency.
bool silence_look_by(silence_of of, const void *context, const char *among, struct silence *silence,
                     struct error *error) MUST_CHECK;

// Calls `each` with the agencies of `among`, a text as above, that the pulse has heard of, by number, and
// stops when that returns false.
void silence_heard(const struct pulse *pulse, const char *among,
                   bool (*each)(void *context, const struct silent *silent), void *context);

#endif
