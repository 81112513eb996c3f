// Prints --help, from the same table as everything else.
#ifndef QUINIELA_BASE_SETTINGS_HELP_H
#define QUINIELA_BASE_SETTINGS_HELP_H

#include "base/settings_command.h"

#include <stdio.h>

// Prints the command's usage and its settings, in groups, to the stream.
void settings_help_print(const struct settings_command *command, FILE *stream);

#endif
