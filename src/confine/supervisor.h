// Whoever watches over the server: systemd, or another service manager that speaks its protocol. It may hand
// over sockets that it has bound (LISTEN_FDS), and wants to be told how the server is (NOTIFY_SOCKET). Where
// nobody does, nothing happens.
#ifndef QUINIELA_CONFINE_SUPERVISOR_H
#define QUINIELA_CONFINE_SUPERVISOR_H

#include "base/error.h"

#include <stdbool.h>

// Puts the sockets that were handed over into sockets[0 … count - 1], -1 for none: each where names[i] is its
// name (systemd's FileDescriptorName), or, where no name is one of ours, in their order. The caller owns
// them. ERROR_BAD_SETTING when one is no TCP socket, or has no place; then nothing is to be closed.
bool supervisor_sockets(const char *const *names, int *sockets, int count, struct error *error) MUST_CHECK;

// Whether there is one that wants to be told how the server is.
bool supervisor_is_there(void);

// Whether it has to be reached at an abstract socket (one without a file).
bool supervisor_is_abstract(void);

// The server listens; it reads its settings again; it is about to end.
void supervisor_ready(void);
void supervisor_reloading(void);
void supervisor_stopping(void);

#endif
