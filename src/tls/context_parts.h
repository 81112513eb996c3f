// What a context consists of, for the files of tls/ alone.
#ifndef QUINIELA_TLS_CONTEXT_PARTS_H
#define QUINIELA_TLS_CONTEXT_PARTS_H

#include "tls/peer.h"
#include "tls/resumption.h"

#include <stdatomic.h>

struct tls_context {
    atomic_uint users;
    bool is_server, any_date; // see tls_options
    SSL_CTX *ssl;
    char *certificate, *authority, *revocations; // paths, or NULL
    struct tls_peer_rules rules;
    X509 *authority_certificate; // the one in its file that expires first
    X509_CRL *revocation_list;   // the one in its file that expires first
    struct tls_resumption resumption;
};

#endif
