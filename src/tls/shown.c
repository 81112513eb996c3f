#include "tls/shown.h"

#include "base/memory.h"
#include "tls/chain.h"

// Keeping -------------------------------------------------------------------------------------------------

static size_t length_of(const X509 *certificate) {
    int length = i2d_X509(certificate, NULL);
    return length < 0 ? 0 : (size_t)length;
}

static bool encode(struct tls_shown *shown, const X509 *own, STACK_OF(X509) * others) {
    size_t length = length_of(own);
    for (int i = 0; i < sk_X509_num(others); i++) {
        length += length_of(sk_X509_value(others, i));
    }
    uint8_t *end = shown->bytes = length == 0 ? NULL : memory_allocate(length);
    if (end == NULL) {
        return false;
    }
    (void)i2d_X509(own, &end);
    for (int i = 0; i < sk_X509_num(others); i++) {
        (void)i2d_X509(sk_X509_value(others, i), &end);
    }
    shown->length = (size_t)(end - shown->bytes);
    return true;
}

bool tls_shown_keep(struct tls_shown *shown, const SSL *ssl) {
    const X509 *own = SSL_get0_peer_certificate(ssl);
    STACK_OF(X509) *others = tls_chain_of(ssl);
    bool kept = own != NULL && others != NULL && encode(shown, own, others);
    sk_X509_pop_free(others, X509_free);
    return kept;
}

void tls_shown_free(struct tls_shown *shown) {
    memory_free(shown->bytes);
    *shown = (struct tls_shown){0};
}

STACK_OF(X509) * tls_shown_open(const struct tls_shown *shown) {
    STACK_OF(X509) *all = sk_X509_new_null();
    for (const uint8_t *at = shown->bytes, *end = at + shown->length; all != NULL && at < end;) {
        X509 *one = d2i_X509(NULL, &at, (long)(end - at));
        if (one == NULL || sk_X509_push(all, one) == 0) {
            X509_free(one);
            sk_X509_pop_free(all, X509_free);
            return NULL;
        }
    }
    return all;
}

// Forgetting ----------------------------------------------------------------------------------------------

static void empty(STACK_OF(X509) * certificates) {
    while (sk_X509_num(certificates) > 0) {
        X509_free(sk_X509_pop(certificates));
    }
}

// A session without certificates, ticket and keys, encoded. Returns its length, 0 when out of memory.
static int encode_bare(const SSL_SESSION *session, uint8_t **bytes) {
    SSL_SESSION *bare = SSL_SESSION_new();
    int length = 0;
    if (bare != NULL &&
        SSL_SESSION_set_protocol_version(bare, SSL_SESSION_get_protocol_version(session)) == 1 &&
        SSL_SESSION_set_cipher(bare, SSL_SESSION_get0_cipher(session)) == 1) {
        length = i2d_SSL_SESSION(bare, bytes);
    }
    SSL_SESSION_free(bare);
    return length < 0 ? 0 : length;
}

// OpenSSL has no function that takes a certificate out of a session, but reading a session into one that
// exists replaces all that it has. Where that fails, it only needs more memory.
void tls_shown_forget(SSL *ssl) {
    SSL_SESSION *session = SSL_get_session(ssl);
    uint8_t *bytes = NULL;
    int length = encode_bare(session, &bytes);
    const uint8_t *at = bytes;
    empty(SSL_get_peer_cert_chain(ssl));
    empty(SSL_get0_verified_chain(ssl));
    if (length > 0) {
        (void)d2i_SSL_SESSION(&session, &at, length);
    }
    OPENSSL_free(bytes);
}
