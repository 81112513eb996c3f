// What is wrong with a server's settings taken together.
#ifndef QUINIELA_CLI_SERVER_CONFLICTS_H
#define QUINIELA_CLI_SERVER_CONFLICTS_H

#include "cli/server_options.h"

// Whether the settings go together. ERROR_BAD_SETTING, naming two that do not.
bool server_conflicts_check(const struct server_options *options, struct error *error) MUST_CHECK;

#endif
