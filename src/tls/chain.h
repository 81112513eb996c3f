// The intermediate certificates that the peer has sent. A resumed session brings only its own certificate;
// the others travel in the ticket, so that the peer can be judged again. Only we can read or change a ticket.
#ifndef QUINIELA_TLS_CHAIN_H
#define QUINIELA_TLS_CHAIN_H

#include <openssl/ssl.h>

// Puts the intermediate certificates that the peer has sent into its session, for the ticket that is made of
// it. Leaves them out when they are too long, or when out of memory.
void tls_chain_keep(const SSL *ssl);

// Those that a ticket's session has kept. The caller frees them. NULL when out of memory; fewer than were
// kept, too.
STACK_OF(X509) * tls_chain_kept(SSL_SESSION *session);

// The certificates that the peer has sent, now or when the session began. The caller frees them. NULL when
// out of memory.
STACK_OF(X509) * tls_chain_of(const SSL *ssl);

#endif
