// The file of a control socket: made for its owner alone, and removed at the end.
#ifndef QUINIELA_CONTROL_SOCKET_H
#define QUINIELA_CONTROL_SOCKET_H

#include "base/error.h"

#include <limits.h>
#include <sys/types.h>

// Another server listens on the socket of that name.
extern const struct error_code ERROR_CONTROL_TAKEN[1];

struct control_socket {
    int descriptor; // listens; -1: none
    char path[PATH_MAX];
    dev_t device;
    ino_t inode;
};

// Makes a socket at `path`, which listens from then on and which only `owner` (and root) can connect to;
// `group` is the file's, too. What an earlier server left there is replaced. Relative names and links are
// followed once. ERROR_CONTROL_TAKEN, naming the path, when a server listens there. ERROR_BAD_SETTING, naming
// it, when it is too long for a socket, or when something else is there. ERROR_SYSTEM, naming it, when the
// folder does not allow it. On success the caller owns *made.
bool control_socket_make(const char *path, uid_t owner, gid_t group, struct control_socket *made,
                         struct error *error) MUST_CHECK;

// Whether control_socket_make could make one, as far as can be seen; it makes and removes nothing, except for
// a connection to what listens there. Errors as control_socket_make.
bool control_socket_check(const char *path, struct error *error) MUST_CHECK;

// Removes the file, if it is still this socket's. What listens goes on until its descriptor is closed.
void control_socket_remove(struct control_socket *made);

#endif
