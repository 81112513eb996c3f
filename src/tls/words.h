// What is wrong with a certificate, in words: whose it is, what in it, which file says so, and, where a date
// decides, that this machine's clock may be at fault.
#ifndef QUINIELA_TLS_WORDS_H
#define QUINIELA_TLS_WORDS_H

#include "tls/failure.h"

#include <openssl/x509.h>
#include <stdbool.h>
#include <stddef.h>

// What OpenSSL does not know: who the peer is, and the files of a context. The paths belong to the context.
struct tls_words_facts {
    bool peer_is_client;
    const char *authority, *revocations; // paths; revocations may be NULL
};

// Replaces what could be mistaken for another part of a log line.
void tls_words_make_plain(char *text);

// Writes a name from a certificate, cut short if it does not fit.
void tls_words_name(const X509_NAME *of, char *name, size_t room);

// Describes a certificate: whose, until when, by whom it is signed.
void tls_words_describe(const X509 *certificate, char words[TLS_REASON_BYTES]);

// Why OpenSSL found `failure` when it checked a peer's certificate. `is_ours`: the authority at fault is in
// our own file, rather than sent by the peer.
void tls_words_refused(const struct tls_words_facts *facts, enum tls_failure failure, bool is_ours,
                       X509_STORE_CTX *verifying, char words[TLS_REASON_BYTES]);

// That the peer has refused our certificate, which is in the file `path` (both NULL: we have none), with this
// alert (RFC 8446, section 6).
void tls_words_unwelcome(const X509 *own, const char *path, int alert, char words[TLS_REASON_BYTES]);

#endif
