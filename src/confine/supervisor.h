// The service manager: systemd, or another one that speaks its protocol. It may pass sockets that it has
// bound (LISTEN_FDS), and may want to be notified of the server's state (NOTIFY_SOCKET). Without a service
// manager, nothing happens.
#ifndef QUINIELA_CONFINE_SUPERVISOR_H
#define QUINIELA_CONFINE_SUPERVISOR_H

#include "base/error.h"

#include <stdbool.h>

// Puts the sockets that were passed into sockets[0 … count - 1], -1 for none: by name (systemd's
// FileDescriptorName) where names[i] matches, or in their order if no name is one of ours. The caller owns
// them. ERROR_BAD_SETTING when one is not a TCP socket or has no place; the caller then closes nothing.
bool supervisor_sockets(const char *const *names, int *sockets, int count, struct error *error) MUST_CHECK;

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
