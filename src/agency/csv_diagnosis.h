// Explains what is wrong with a refused line: shows it, and says what it looks like and what to do about it.
// The reader does not depend on this: nothing is guessed, or read differently because of it.
#ifndef QUINIELA_AGENCY_CSV_DIAGNOSIS_H
#define QUINIELA_AGENCY_CSV_DIAGNOSIS_H

#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

struct csv_line {
    const char *path;
    uint64_t number;  // from 1
    const char *text; // of the first line: from the file's first byte, without a byte order mark
    size_t length;    // without the line feed and one CR before it; only the beginning of a very long line
    bool bad_quotes;  // it was refused because of its quotes
};

// Sets `error` to ERROR_BAD_BET with the file, the line, what it looks like, the value in question in
// quotes, and what to do. `reason` says why it is not a bet: its text, and in `field` the field, if one is
// at fault. Always returns false.
bool csv_diagnose(const struct csv_line *line, const struct error *reason, struct error *error);

// Whether a diagnosis is one of the file as a whole, such as "the file is a spreadsheet": nothing that could
// be said of its other lines would help.
bool csv_is_of_file(const struct error *error);

#endif
