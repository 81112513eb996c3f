#include "tls/own.h"

#include "tls/context_parts.h"

#include <openssl/err.h>

void tls_own_check(const struct tls_context *context, const char *prefix, int64_t at, struct tls_own *own) {
    X509 *certificate = SSL_CTX_get0_certificate(context->ssl);
    STACK_OF(X509) *others = NULL;
    SSL_CTX_get0_chain_certs(context->ssl, &others);
    *own = (struct tls_own){.failure = TLS_NO_FAILURE};
    tls_words_describe(certificate, own->described);
    const struct tls_peer_rules rules = {.ssl = context->ssl,
                                         .facts = {.peer_is_client = true,
                                                   .authority = context->authority,
                                                   .revocations = context->revocations},
                                         .identity_prefix = (char *)prefix};
    if (!tls_peer_identity(&rules, certificate, own->identity, sizeof own->identity)) {
        own->identity[0] = '\0';
    }
    struct tls_verdict verdict;
    tls_peer_judge_at(&rules, certificate, others, at, &verdict);
    own->failure = verdict.failure;
    snprintf(own->reason, sizeof own->reason, "%s", verdict.reason);
}
