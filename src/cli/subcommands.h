// The table of the program's subcommands, in the order in which they are listed.
#ifndef QUINIELA_CLI_SUBCOMMANDS_H
#define QUINIELA_CLI_SUBCOMMANDS_H

#include "base/settings_command.h"

#include <stdbool.h>

struct subcommand {
    const char *group; // the heading under which it is listed; those of one group stand together
    const struct settings_command *command;
    int (*run)(const struct command_line *line);
    bool only_prints; // a reader that ends (`quiniela export | head`) ends it quietly, as it ends other
                      // programs
};

enum { SUBCOMMANDS = 34 };

extern const struct subcommand subcommands[SUBCOMMANDS];

#endif
