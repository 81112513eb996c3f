// Switching from root to a user with few rights.
#ifndef QUINIELA_CONFINE_USER_H
#define QUINIELA_CONFINE_USER_H

#include "base/error.h"
#include "confine/options.h"

#include <sys/types.h>

// Finds the numbers of a user, by name or number (NULL: the one that runs the program), and of its group.
// ERROR_BAD_SETTING when there is no such user.
bool user_find(const char *user, uid_t *uid, gid_t *gid, struct error *error) MUST_CHECK;

// Becomes options->user, for good. Errors are those of confine().
bool user_become(const struct confine_options *options, struct error *error) MUST_CHECK;

#endif
