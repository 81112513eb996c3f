// Whether the peer is who it must be: the requirements on its certificate, in a handshake and when it is
// judged again, and the alert it gets if it does not meet them. Certification paths are those of RFC 5280,
// section 6.
#ifndef QUINIELA_TLS_PEER_H
#define QUINIELA_TLS_PEER_H

#include "tls/failure.h"
#include "tls/shown.h"
#include "tls/words.h"

#include <openssl/ssl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TLS_IDENTITY_BYTES = 64 };

// The requirements on the peer. All of this belongs to a context.
struct tls_peer_rules {
    SSL_CTX *ssl;                 // with its authorities and lists
    struct tls_words_facts facts; // peer_is_client: the peer must be a client; otherwise a server
    char *identity_prefix;        // see tls_options
    bool (*identity_is_good)(const char *identity); // see tls_options
};

// What was found about the peer's certificate. It is each SSL's app data.
struct tls_verdict {
    enum tls_failure failure; // TLS_NO_FAILURE: it is good, or was not checked yet
    char reason[TLS_REASON_BYTES];
    int tickets_judged; // in this handshake
};

// Finds the owner's identity in the certificate: the subjectAltName that begins with the rules' prefix. True,
// with the text after the prefix in `identity`, when there is exactly one and it fits.
bool tls_peer_identity(const struct tls_peer_rules *rules, const X509 *certificate, char *identity,
                       size_t room);

// Makes every handshake of rules->ssl judge the peer by the rules, and note the verdict. The rules must
// outlive rules->ssl.
void tls_peer_require(struct tls_peer_rules *rules);

// Judges a certificate by these rules, as a handshake would at `at` (seconds since 1970). `others` are those
// that its owner would show with it; NULL: none.
void tls_peer_judge_at(const struct tls_peer_rules *rules, X509 *certificate, STACK_OF(X509) * others,
                       int64_t at, struct tls_verdict *verdict);

// The same, as a handshake would now.
void tls_peer_judge_now(const struct tls_peer_rules *rules, X509 *certificate, STACK_OF(X509) * others,
                        struct tls_verdict *verdict);

// The same of a peer that has shown these certificates.
void tls_peer_judge_again(const struct tls_peer_rules *rules, const struct tls_shown *shown,
                          struct tls_verdict *verdict);

#endif
