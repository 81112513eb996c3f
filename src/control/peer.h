// Who gives an order: the user of the process at the other end of a connection, as the kernel knows it.
#ifndef QUINIELA_CONTROL_PEER_H
#define QUINIELA_CONTROL_PEER_H

#include "base/error.h"

#include <sys/types.h>

enum { CONTROL_USER_BYTES = 64 };

// Who may give orders: root, and the user that the server runs as. Their names are looked up beforehand, as a
// confined server cannot.
struct control_users {
    uid_t owner;
    char owner_name[CONTROL_USER_BYTES], root_name[CONTROL_USER_BYTES];
};

struct control_peer {
    uid_t uid;
    pid_t pid;
    const char *user; // in struct control_users
};

// Looks up the names. A user without one gets its number.
void control_users_find(uid_t owner, struct control_users *users);

// Asks the kernel who connected (SO_PEERCRED). False, with ERROR_SYSTEM, when it is none of `users`, or when
// it cannot tell; peer->uid says who, or is -1.
bool control_peer_ask(int connection, const struct control_users *users, struct control_peer *peer,
                      struct error *error) MUST_CHECK;

#endif
