// The intermediate certificates that the peer has sent. A resumed session brings only its own certificate;
// the others travel in the ticket, so that the peer can be judged again. Only we can read or change a ticket.
#ifndef QUINIELA_TLS_CHAIN_H
#define QUINIELA_TLS_CHAIN_H

#include <openssl/ssl.h>
#include <stdbool.h>

// Makes tickets keep the intermediate certificates that the peer has sent. False when out of memory.
bool tls_chain_keep(SSL_CTX *ssl);

// The certificates that the peer has sent, now or when the session began. The caller frees them. NULL when
// out of memory.
STACK_OF(X509) * tls_chain_of(const SSL *ssl);

#endif
