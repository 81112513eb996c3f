// Switching from root to a user with few rights.
#ifndef QUINIELA_CONFINE_USER_H
#define QUINIELA_CONFINE_USER_H

#include "base/error.h"
#include "confine/options.h"

// Becomes options->user, for good. Errors are those of confine().
bool user_become(const struct confine_options *options, struct error *error) MUST_CHECK;

#endif
