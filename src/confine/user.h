// Switching from root to a user with few rights.
#ifndef QUINIELA_CONFINE_USER_H
#define QUINIELA_CONFINE_USER_H

#include "base/error.h"
#include "confine/options.h"

#include <sys/types.h>

// Finds the numbers of a user, by name or number (NULL: the one that runs the program), and of its group.
// ERROR_BAD_SETTING when there is no such user.
bool user_find(const char *user, uid_t *uid, gid_t *gid, struct error *error) MUST_CHECK;

// What a process had before it took a user's rights.
struct user_rights {
    uid_t uid;
    gid_t gid;
    bool are_taken;
};

// Takes the rights to files that the user (NULL: nobody else) has by its number and its group, if the process
// is root, until user_rights_return. Of the process's only thread. Errors are those of user_find;
// ERROR_SYSTEM.
bool user_rights_take(const char *user, struct user_rights *rights, struct error *error) MUST_CHECK;
void user_rights_return(const struct user_rights *rights);

// Whether the process can become the user (NULL: it stays who it is): there is one, and it is this one, or
// the process is root's. ERROR_BAD_SETTING.
bool user_check(const char *user, struct error *error) MUST_CHECK;

// Becomes options->user, for good. Errors are those of confine().
bool user_become(const struct confine_options *options, struct error *error) MUST_CHECK;

#endif
