#include "control/peer.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <sys/socket.h>

static void find_name(uid_t uid, char name[CONTROL_USER_BYTES]) {
    const struct passwd *found = getpwuid(uid);
    if (found != NULL) {
        snprintf(name, CONTROL_USER_BYTES, "%s", found->pw_name);
    } else {
        snprintf(name, CONTROL_USER_BYTES, "%u", (unsigned)uid);
    }
}

void control_users_find(uid_t owner, struct control_users *users) {
    users->owner = owner;
    find_name(owner, users->owner_name);
    find_name(0, users->root_name);
}

bool control_peer_ask(int connection, const struct control_users *users, struct control_peer *peer,
                      struct error *error) {
    struct ucred who;
    socklen_t length = sizeof who;
    *peer = (struct control_peer){.uid = (uid_t)-1};
    if (getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &who, &length) != 0 || length != sizeof who) {
        return error_set_system(error, errno, "nobody knows who gives orders here");
    }
    *peer = (struct control_peer){.uid = who.uid, .pid = who.pid};
    peer->user = who.uid == users->owner ? users->owner_name : who.uid == 0 ? users->root_name : NULL;
    return peer->user != NULL ||
           error_set(error, ERROR_SYSTEM, "user %u may give no orders here, only %s and %s may",
                     (unsigned)who.uid, users->owner_name, users->root_name);
}
