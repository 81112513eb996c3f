// Asking a server, whatever its service, whether it is alive.
#ifndef QUINIELA_AGENCY_PING_H
#define QUINIELA_AGENCY_PING_H

#include "agency/address.h"
#include "base/error.h"
#include "tls/context.h"

#include <stdint.h>

// Connects, with TLS where `tls` is not NULL, asks, and waits for an answer for at most `timeout_ms`. Returns
// true when the server answered as a lottery that can store, or as an echo; with TLS and without a
// certificate of its own when it has shown that it is the server. ERROR_NETWORK, with the reason in the text,
// when not.
bool ping(const struct address *address, struct tls_context *tls, uint64_t timeout_ms,
          struct error *error) MUST_CHECK;

#endif
