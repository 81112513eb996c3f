// The numbers that quiniela.h has for the kinds of errors.
#ifndef QUINIELA_AGENCY_CODES_H
#define QUINIELA_AGENCY_CODES_H

#include "base/error.h"
#include "quiniela.h"

#include <stdbool.h>

// One line for each: its number, its name in messages and log lines, and what it means.
struct code_meaning {
    enum quiniela_code code;
    const char *name, *meaning;
};

// That of a number, or of a name; the one of QUINIELA_UNKNOWN where there is none. A constant.
const struct code_meaning *code_meaning(enum quiniela_code code);
const struct code_meaning *code_named(const char *name);

// The number of an error's code; QUINIELA_OK for ERROR_NONE.
enum quiniela_code code_of(const struct error_code *code);

// Whether an agency that ended so may fare better later, with the same options (docs/library.md has the
// list).
bool code_may_retry(enum quiniela_code code);

#endif
