#include "tls/chain.h"

#include "base/memory.h"

enum { CHAIN_BYTES_MAX = 16 * 1024 };

void tls_chain_keep(const SSL *ssl) {
    const STACK_OF(X509) *shown = SSL_get_peer_cert_chain(ssl);
    uint8_t *bytes = NULL, *end = NULL;
    size_t length = 0;
    for (int i = 0; i < sk_X509_num(shown); i++) {
        int more = i2d_X509(sk_X509_value(shown, i), NULL);
        length += more < 0 ? CHAIN_BYTES_MAX : (size_t)more;
    }
    if (length == 0 || length > CHAIN_BYTES_MAX || (bytes = end = memory_allocate(length)) == NULL) {
        return; // there are none, or a resumed session has them; otherwise it keeps none
    }
    for (int i = 0; i < sk_X509_num(shown); i++) {
        i2d_X509(sk_X509_value(shown, i), &end);
    }
    (void)SSL_SESSION_set1_ticket_appdata(SSL_get_session(ssl), bytes, length);
    memory_free(bytes);
}

STACK_OF(X509) * tls_chain_kept(SSL_SESSION *session) {
    void *kept = NULL;
    size_t length = 0;
    STACK_OF(X509) *chain = sk_X509_new_null();
    if (chain == NULL || SSL_SESSION_get0_ticket_appdata(session, &kept, &length) != 1) {
        return chain;
    }
    for (const uint8_t *at = kept, *end = at + length; at < end;) {
        X509 *one = d2i_X509(NULL, &at, (long)(end - at));
        if (one == NULL || sk_X509_push(chain, one) == 0) {
            X509_free(one);
            break;
        }
    }
    return chain;
}

STACK_OF(X509) * tls_chain_of(const SSL *ssl) {
    STACK_OF(X509) *shown = SSL_get_peer_cert_chain(ssl);
    return shown != NULL ? X509_chain_up_ref(shown) : tls_chain_kept(SSL_get_session(ssl));
}
