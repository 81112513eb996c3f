// Which peers may connect and stay: the TLS context of all loops, which a reload replaces. Any thread may use
// it.
#ifndef QUINIELA_NET_TRUST_H
#define QUINIELA_NET_TRUST_H

#include "tls/session.h"

#include <pthread.h>
#include <stdatomic.h>

struct trust {
    pthread_mutex_t mutex;
    _Atomic(struct tls_context *) context; // NULL: connections are plain
};

// Holds `context` (NULL: connections are plain) until it is replaced, or until the end.
void trust_begin(struct trust *trust, struct tls_context *context);
void trust_end(struct trust *trust);

void trust_replace(struct trust *trust, struct tls_context *context);

// The context for a new connection, which the caller releases; NULL: the connection is plain.
struct tls_context *trust_hold(struct trust *trust);

// Whether `context` is the current one.
bool trust_is(struct trust *trust, const struct tls_context *context);

// Whether the current context accepts the peer of an open session. If it does not, the session has failed.
bool trust_judges_good(struct trust *trust, struct tls_session *session);

#endif
