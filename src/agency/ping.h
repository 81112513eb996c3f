// Asking a server, whatever its service, whether it is alive.
#ifndef QUINIELA_AGENCY_PING_H
#define QUINIELA_AGENCY_PING_H

#include "agency/address.h"
#include "base/error.h"

#include <stdint.h>

// Connects, asks, and waits for an answer for at most `timeout_ms`. Returns true when the server answered as
// a lottery that can store, or as an echo. ERROR_NETWORK, with the reason in the text, when not.
bool ping(const struct address *address, uint64_t timeout_ms, struct error *error) MUST_CHECK;

#endif
