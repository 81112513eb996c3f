// What the files of tls/ share and nobody else sees.
#ifndef QUINIELA_TLS_INTERNAL_H
#define QUINIELA_TLS_INTERNAL_H

#include "tls/context.h"
#include "tls/session.h"

#include <openssl/ssl.h>
#include <pthread.h>
#include <stdatomic.h>

enum { TLS_IDENTITY_BYTES = 64, TLS_REASON_BYTES = 160 };

struct tls_context {
    atomic_uint users;
    enum tls_role role;
    SSL_CTX *ssl;
    char *certificate, *authority, *revocations; // paths, or NULL
    char *identity_prefix;
    bool (*identity_is_good)(const char *identity); // or NULL
    X509 *authority_certificate;                    // of its file, the one that expires first
    X509_CRL *revocation_list;                      // of its file, the one that is due for another first
    pthread_mutex_t mutex;                          // of what follows
    SSL_SESSION *resumable;                         // a client's: of its last session
    char *resumable_host;                           // with whom that was
};

// What was found about the other side's certificate. It is each SSL's app data.
struct tls_verdict {
    enum tls_failure failure; // TLS_NO_FAILURE: it will do, or was not looked at yet
    char reason[TLS_REASON_BYTES];
    const char *host; // a client's: with whom it wants to speak
};

// peer.c: looks for what the certificate calls its owner: the subjectAltName that begins with the context's
// prefix. True, and the text behind the prefix copied into `identity`, when there is one and it fits; false
// when there is none, or more than one.
bool tls_peer_identity(const struct tls_context *context, const X509 *certificate, char *identity,
                       size_t room);

// peer.c: writes a name from a certificate for people, cut short where it does not fit.
void tls_peer_write_name(const X509_NAME *of, char *name, size_t room);

// peer.c: OpenSSL's cert_verify_callback; its argument is the tls_context. Notes the verdict.
int tls_peer_on_certificate(X509_STORE_CTX *verifying, void *argument);

// peer.c: what that would find now, with this context, about the other side of an open session.
void tls_peer_judge_again(const struct tls_context *context, const SSL *ssl, struct tls_verdict *verdict);

// chain.c: has tickets keep the certificates in between that the other side has shown. False when there is no
// memory.
bool tls_chain_keep(SSL_CTX *ssl);

// chain.c: the certificates that the other side has shown, now or when the session began. The caller frees
// them. NULL when there is no memory.
STACK_OF(X509) * tls_chain_of(const SSL *ssl);

#endif
