// What a file looks like that is not what it should be: a line that is no bet is shown, with what it is and
// what to do about it. Only looked at once a line has been refused; nothing is guessed, or read in any other
// way for it.
#ifndef QUINIELA_AGENCY_CSV_DIAGNOSIS_H
#define QUINIELA_AGENCY_CSV_DIAGNOSIS_H

#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

struct csv_line {
    const char *path;
    uint64_t number;  // from 1
    const char *text; // of the first line: from the file's first byte on, but for one byte order mark
    size_t length;    // without the line feed, and without one CR before it; may be but a part of a long line
    bool bad_quotes;  // that is why it was refused
};

// Sets `error` to ERROR_BAD_BET with the file, the line, what it looks like, the value in question, quoted,
// and what to do. `reason` is why it is no bet: its text, and in `field` the culprit, if there is one. Always
// returns false.
bool csv_diagnose(const struct csv_line *line, const struct error *reason, struct error *error);

#endif
