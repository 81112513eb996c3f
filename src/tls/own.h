// A context's own certificate, as the peer may see it: who it says that we are, and whether the authority in
// our own file would accept it. The peer has a file of its own, and decides.
#ifndef QUINIELA_TLS_OWN_H
#define QUINIELA_TLS_OWN_H

#include "tls/context.h"
#include "tls/failure.h"
#include "tls/peer.h"

#include <stdint.h>

struct tls_own {
    enum tls_failure failure; // TLS_NO_FAILURE: it is good
    char reason[TLS_REASON_BYTES];
    char described[TLS_REASON_BYTES];  // for people
    char identity[TLS_IDENTITY_BYTES]; // "": it names nobody
};

// Looks at a client's certificate, which the context must have, as of `at` (seconds since 1970). `prefix` is
// that of identities (see tls_options).
void tls_own_check(const struct tls_context *context, const char *prefix, int64_t at, struct tls_own *own);

#endif
