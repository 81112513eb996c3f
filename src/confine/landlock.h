// Limiting files and ports, by Landlock.
#ifndef QUINIELA_CONFINE_LANDLOCK_H
#define QUINIELA_CONFINE_LANDLOCK_H

#include "base/error.h"
#include "confine/options.h"

// Gives up every other file and port. *abi is the kernel's version of Landlock, 0 when it has none;
// *ports_limited says whether connections are limited to options->ports. ERROR_SYSTEM.
bool landlock_confine(const struct confine_options *options, int *abi, bool *ports_limited,
                      struct error *error) MUST_CHECK;

#endif
