// A client's last session, kept so that its next connection to the same host can resume it.
#ifndef QUINIELA_TLS_RESUMPTION_H
#define QUINIELA_TLS_RESUMPTION_H

#include "base/attributes.h"
#include "tls/peer.h"

#include <openssl/ssl.h>
#include <pthread.h>
#include <stdbool.h>

// All zeros, but for the mutex (tls_resumption_begin). For any thread.
struct tls_resumption {
    pthread_mutex_t mutex;
    SSL_SESSION *session; // or NULL
    char *host;           // the session's peer
    int unheard;          // connections in a row for which it was used, and that have heard nothing
};

// The first makes it ready for use, with nothing kept; the second frees what it keeps.
void tls_resumption_begin(struct tls_resumption *resumption);
void tls_resumption_end(struct tls_resumption *resumption);

// Makes `resumption` keep the sessions of this client's connections. `resumption` must outlive `ssl`.
void tls_resumption_keep(struct tls_resumption *resumption, SSL_CTX *ssl);

// Prepares a connection to this host: it resumes the kept session if that was with the same host, whose
// certificate these rules would accept now. Otherwise it will show its certificate again, and the session is
// kept no longer. The host's name must outlive the connection. False when out of memory.
bool tls_resumption_use(struct tls_resumption *resumption, const struct tls_peer_rules *rules, SSL *ssl,
                        const char *host) MUST_CHECK;

// A connection for which the kept session was used has ended, or its handshake has failed; one whose
// handshake was only cut off tells nothing. `has_heard`: its server has said something. A session is kept no
// longer when two in a row have heard nothing: a server that refuses it may be unable to say why.
void tls_resumption_note(struct tls_resumption *resumption, bool has_heard);

#endif
