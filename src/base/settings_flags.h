// Reading settings from the command line.
#ifndef QUINIELA_BASE_SETTINGS_FLAGS_H
#define QUINIELA_BASE_SETTINGS_FLAGS_H

#include "base/settings_values.h"

// The operands: the arguments that are not flags.
struct settings_operands {
    char **list;
    int count;
};

// Takes each flag, and checks the number of operands. Stops at --help or -h, with *wants_help set.
// ERROR_BAD_SETTING names the flag.
bool settings_flags_read(struct settings_values *values, int argc, char **argv,
                         struct settings_operands *operands, bool *wants_help,
                         struct error *error) MUST_CHECK;

#endif
