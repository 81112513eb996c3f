// How many loops the server has.
#ifndef QUINIELA_CLI_LOOPS_H
#define QUINIELA_CLI_LOOPS_H

#include "base/settings.h"

// LOOPS, or one a core where it is not set, but no more than MEMORY_MAX is enough for.
int loops_from(const struct settings *settings);

// Whether MEMORY_MAX is enough for as many loops as LOOPS asks for. ERROR_BAD_SETTING.
bool loops_check(const struct settings *settings, struct error *error) MUST_CHECK;

#endif
