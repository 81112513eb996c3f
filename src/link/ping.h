// Asks a server of any service whether it is alive.
#ifndef QUINIELA_LINK_PING_H
#define QUINIELA_LINK_PING_H

#include "agency/address.h"
#include "base/error.h"
#include "tls/context.h"

#include <stdint.h>

// Connects, with TLS if `tls` is not NULL, asks, and waits at most `timeout_ms` for an answer. Returns true
// when the server answered like a lottery that can store, or like an echo server. With TLS the handshake is
// enough: a ping has no certificate to ask with. Otherwise ERROR_NETWORK, with the reason in the text.
bool ping(const struct address *address, struct tls_context *tls, uint64_t timeout_ms,
          struct error *error) MUST_CHECK;

#endif
