#include "cli/subcommands.h"

#include "cli/cli.h"

#define SUBCOMMAND_LISTED(group, name, only_prints) {group, &name##_command},
const struct subcommand subcommands[SUBCOMMANDS] = {SUBCOMMANDS_EACH(SUBCOMMAND_LISTED)};
