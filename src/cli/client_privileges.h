// The privileges that an agency's client gives up before it connects: see confine/confine.h.
#ifndef QUINIELA_CLI_CLIENT_PRIVILEGES_H
#define QUINIELA_CLI_CLIENT_PRIVILEGES_H

#include "agency/address.h"
#include "cli/client_options.h"

// Unless CLI_SANDBOX is off, gives up everything but the data folder, the certificates' folders, and
// connections to the ports of the servers at `bets` and `consult` (NULL: there are none). What the kernel
// does not support is silently left out, since a client runs on many machines. Call it before any thread
// starts. ERROR_NO_MEMORY, ERROR_SYSTEM.
bool client_privileges_give_up(const struct client_options *options, const struct addresses *bets,
                               const struct addresses *consult, struct error *error) MUST_CHECK;

#endif
