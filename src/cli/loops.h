// How many event loops the server runs.
#ifndef QUINIELA_CLI_LOOPS_H
#define QUINIELA_CLI_LOOPS_H

#include "cli/server_options.h"

// LOOPS, or one per core when it is not set, but not more than MEMORY_MAX allows.
int loops_from(const struct server_options *options);

// Whether MEMORY_MAX allows as many loops as LOOPS asks for. ERROR_BAD_SETTING.
bool loops_check(const struct server_options *options, struct error *error) MUST_CHECK;

#endif
