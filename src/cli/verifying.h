// `quiniela verify` of a draw: its settings, and the check.
#ifndef QUINIELA_CLI_VERIFYING_H
#define QUINIELA_CLI_VERIFYING_H

#include "base/settings.h"
#include "claims/given.h"

// The settings that fill in a struct given_options.
extern const struct setting verifying_settings[];

// Checks the draw, and prints what was found. Returns the exit status; where it is 2, why has been printed.
int verify_draw(const struct settings_command *command, const struct given_options *options);

#endif
