// The certificates that a peer has shown, as bytes: they are needed again only when it is judged again, and
// as OpenSSL's objects they take ten times the memory, in each connection.
#ifndef QUINIELA_TLS_SHOWN_H
#define QUINIELA_TLS_SHOWN_H

#include <openssl/ssl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// In DER, one after the other, the peer's own first. All zeros: none.
struct tls_shown {
    uint8_t *bytes;
    size_t length;
};

// Keeps those of a handshake that is done. False when out of memory, or when there are none.
bool tls_shown_keep(struct tls_shown *shown, const SSL *ssl);

void tls_shown_free(struct tls_shown *shown);

// The certificates as objects again, the peer's own first; the caller frees them. NULL when out of memory.
STACK_OF(X509) * tls_shown_open(const struct tls_shown *shown);

// Makes OpenSSL forget its own copies. Only for a server whose handshake is done, its ticket sent, and whose
// sessions are in no cache: nothing resumes from this session any more.
void tls_shown_forget(SSL *ssl);

#endif
