// Switching from root to a user with few rights.
#ifndef QUINIELA_CONFINE_USER_H
#define QUINIELA_CONFINE_USER_H

#include "base/error.h"
#include "confine/options.h"

// Becomes options->user, for good; *changed says whether there was anything to do. Errors are those of
// confine().
bool user_become(const struct confine_options *options, bool *changed, struct error *error) MUST_CHECK;

#endif
