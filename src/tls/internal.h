// What the files of tls/ share and nobody else sees.
#ifndef QUINIELA_TLS_INTERNAL_H
#define QUINIELA_TLS_INTERNAL_H

#include "tls/context.h"

#include <openssl/ssl.h>
#include <pthread.h>
#include <stdatomic.h>

struct tls_context {
    atomic_uint users;
    enum tls_role role;
    SSL_CTX *ssl;
    char *certificate, *authority, *revocations; // paths, or NULL
    char *identity_prefix;
    X509 *authority_certificate; // of its file, the one that expires first
    X509_CRL *revocation_list;   // of its file, the one that is due for another first
    pthread_mutex_t mutex;       // of what follows
    SSL_SESSION *resumable;      // a client's: of its last session
    char *resumable_host;        // with whom that was
};

// context.c: looks for what the certificate calls its owner: the subjectAltName that begins with the
// context's prefix. True, and the text behind the prefix copied into `identity`, when there is one and it
// fits; false when there is none, or more than one.
bool tls_identity_of(const struct tls_context *context, const X509 *certificate, char *identity, size_t room);

#endif
