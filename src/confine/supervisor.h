// The service manager: systemd, or another one that speaks its protocol. It may pass sockets that it has
// bound (LISTEN_FDS), and may want to be notified of the server's state (NOTIFY_SOCKET). Without a service
// manager, nothing happens.
#ifndef QUINIELA_CONFINE_SUPERVISOR_H
#define QUINIELA_CONFINE_SUPERVISOR_H

#include "base/error.h"

#include <stdbool.h>

// Which sockets there is a place for.
struct supervisor_places {
    const char *const *names; // `count` of them
    int count;
    const char *other_name; // of one more, which has to be named; NULL: none
};

// Puts the sockets that were passed into sockets[0 … count - 1], -1 for none: by name (systemd's
// FileDescriptorName) where names[i] matches, or in their order if none of them has one of these names. The
// one called `other_name` goes into *other. The caller owns them. ERROR_BAD_SETTING when one is not a TCP
// socket or has no place; the caller then closes nothing.
bool supervisor_sockets(const struct supervisor_places *places, int *sockets, int *other,
                        struct error *error) MUST_CHECK;

// Whether there is a service manager that wants to be notified.
bool supervisor_is_there(void);

// Whether its socket is abstract (without a file).
bool supervisor_is_abstract(void);

// Notify it: the server is listening; it is reloading its settings; it is about to end.
void supervisor_ready(void);
void supervisor_reloading(void);
void supervisor_stopping(void);

// Notify it: the server is at work before it is ready, and says so again, or is ready, within `seconds`.
void supervisor_wait(int seconds);

#endif
