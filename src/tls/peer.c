#include "tls/peer.h"

#include "base/translate.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>

// Its identity --------------------------------------------------------------------------------------------

bool tls_peer_identity(const struct tls_peer_rules *rules, const X509 *certificate, char *identity,
                       size_t room) {
    size_t prefix = strlen(rules->identity_prefix);
    GENERAL_NAMES *names = X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
    int fitting = 0;
    bool found = false;
    for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
        const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);
        if (name->type != GEN_URI) {
            continue;
        }
        const ASN1_IA5STRING *uri = name->d.uniformResourceIdentifier;
        const char *text = (const char *)ASN1_STRING_get0_data(uri);
        size_t length = (size_t)ASN1_STRING_length(uri);
        if (length < prefix || strncmp(text, rules->identity_prefix, prefix) != 0) {
            continue;
        }
        fitting++;
        found = length > prefix && length - prefix < room && memchr(text, '\0', length) == NULL;
        if (found) {
            memcpy(identity, text + prefix, length - prefix);
            identity[length - prefix] = '\0';
        }
    }
    GENERAL_NAMES_free(names);
    return found && fitting == 1; // with two, it is unclear which is meant
}

// What is wrong with it -----------------------------------------------------------------------------------

// Whether the authority at fault is in our own file, rather than sent by the peer.
static bool is_ours(X509_STORE_CTX *verifying) {
    return X509_STORE_CTX_get_error_depth(verifying) >= X509_STORE_CTX_get_num_untrusted(verifying);
}

static enum tls_failure failure_of(int error, bool is_ours) {
    switch (error) {
    case X509_V_OK:
        return TLS_NO_FAILURE;
    case X509_V_ERR_CERT_HAS_EXPIRED:
        return is_ours ? TLS_AUTHORITY_EXPIRED : TLS_EXPIRED;
    case X509_V_ERR_CERT_NOT_YET_VALID:
        return is_ours ? TLS_AUTHORITY_EXPIRED : TLS_NOT_YET_VALID;
    case X509_V_ERR_CERT_REVOKED:
        return TLS_REVOKED;
    case X509_V_ERR_INVALID_PURPOSE:
        return TLS_WRONG_PURPOSE;
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
        return TLS_WRONG_NAME;
    case X509_V_ERR_UNABLE_TO_GET_CRL:
    case X509_V_ERR_UNABLE_TO_GET_CRL_ISSUER:
    case X509_V_ERR_CRL_SIGNATURE_FAILURE:
    case X509_V_ERR_CRL_HAS_EXPIRED:
    case X509_V_ERR_CRL_NOT_YET_VALID:
    case X509_V_ERR_CRL_PATH_VALIDATION_ERROR:
    case X509_V_ERR_DIFFERENT_CRL_SCOPE:
    case X509_V_ERR_KEYUSAGE_NO_CRL_SIGN:
    case X509_V_ERR_UNHANDLED_CRITICAL_CRL_EXTENSION:
        return TLS_REVOCATIONS_EXPIRED;
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_CERT_SIGNATURE_FAILURE:
    case X509_V_ERR_CERT_CHAIN_TOO_LONG:
        return TLS_UNKNOWN_AUTHORITY;
    case X509_V_ERR_UNSPECIFIED:
    case X509_V_ERR_OUT_OF_MEM:
        return TLS_BROKEN;
    default:
        return TLS_BAD_CERTIFICATE;
    }
}

// OpenSSL derives the alert from the error that is set. A fault in our own files must not look like a fault
// in the peer's certificate: the peer should retry, not give up.
static int error_for_alert(enum tls_failure failure, int error) {
    switch (failure) {
    case TLS_REVOCATIONS_EXPIRED:
    case TLS_AUTHORITY_EXPIRED:
        return X509_V_ERR_UNSPECIFIED; // internal_error
    case TLS_NO_IDENTITY:
    case TLS_NOT_AUTHORIZED:
        return X509_V_ERR_CERT_REJECTED; // bad_certificate
    case TLS_UNKNOWN_AUTHORITY:
        return X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT; // unknown_ca, even if the authority's name is known
    default:
        return error;
    }
}

static void find(struct tls_verdict *verdict, enum tls_failure failure, const char *reason) {
    verdict->failure = failure;
    snprintf(verdict->reason, sizeof verdict->reason, "%s", reason);
}

// What OpenSSL has found.
static void find_by_openssl(const struct tls_peer_rules *rules, struct tls_verdict *verdict,
                            X509_STORE_CTX *verifying) {
    bool ours = is_ours(verifying);
    enum tls_failure failure = failure_of(X509_STORE_CTX_get_error(verifying), ours);
    verdict->failure = failure == TLS_NO_FAILURE ? TLS_BROKEN : failure;
    tls_words_refused(&rules->facts, verdict->failure, ours, verifying, verdict->reason);
}

// Whether the certificate names the purpose. One that names none is valid for all purposes (RFC 5280, section
// 4.2.1.12), so an agency could use it to pose as the central.
static bool names_its_purpose(const struct tls_peer_rules *rules, X509 *certificate) {
    uint32_t wanted = rules->facts.peer_is_client ? XKU_SSL_CLIENT : XKU_SSL_SERVER;
    return (X509_get_extension_flags(certificate) & EXFLAG_XKUSAGE) != 0 &&
           (X509_get_extended_key_usage(certificate) & wanted) != 0;
}

static void check(const struct tls_peer_rules *rules, X509 *certificate, struct tls_verdict *verdict) {
    char identity[TLS_IDENTITY_BYTES];
    if (!names_its_purpose(rules, certificate)) {
        find(verdict, TLS_WRONG_PURPOSE,
             rules->facts.peer_is_client ? _("its extended key usage does not name clientAuth")
                                         : _("its extended key usage does not name serverAuth"));
    } else if (rules->identity_prefix == NULL) {
        return;
    } else if (!tls_peer_identity(rules, certificate, identity, sizeof identity)) {
        find(verdict, TLS_NO_IDENTITY, _("the certificate names nobody"));
    } else if (rules->identity_is_good != NULL && !rules->identity_is_good(identity)) {
        char reason[TLS_REASON_BYTES];
        tls_words_make_plain(identity);
        snprintf(reason, sizeof reason, _("the certificate's %s%s is nobody's name"), rules->identity_prefix,
                 identity);
        find(verdict, TLS_NOT_AUTHORIZED, reason);
    }
}

static void judge(const struct tls_peer_rules *rules, X509_STORE_CTX *verifying,
                  struct tls_verdict *verdict) {
    find(verdict, TLS_NO_FAILURE, "");
    if (X509_verify_cert(verifying) != 1) {
        find_by_openssl(rules, verdict, verifying);
    } else {
        check(rules, X509_STORE_CTX_get0_cert(verifying), verdict);
        if (verdict->failure == TLS_WRONG_PURPOSE) {
            X509_STORE_CTX_set_error(verifying, X509_V_ERR_INVALID_PURPOSE); // unsupported_certificate
        }
    }
}

// OpenSSL's cert_verify_callback; its argument is the rules.
static int on_certificate(X509_STORE_CTX *verifying, void *argument) {
    const SSL *ssl = X509_STORE_CTX_get_ex_data(verifying, SSL_get_ex_data_X509_STORE_CTX_idx());
    struct tls_verdict *verdict = SSL_get_app_data(ssl);
    judge(argument, verifying, verdict);
    if (verdict->failure == TLS_NO_FAILURE) {
        return 1;
    }
    X509_STORE_CTX_set_error(verifying,
                             error_for_alert(verdict->failure, X509_STORE_CTX_get_error(verifying)));
    return 0;
}

void tls_peer_require(struct tls_peer_rules *rules) {
    SSL_CTX_set_verify(rules->ssl, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    SSL_CTX_set_cert_verify_callback(rules->ssl, on_certificate, rules);
}

// Prepares the checks of a handshake (RFC 8446, section 4.4.2.4): the same purpose, store and strength.
static bool prepare(const struct tls_peer_rules *rules, X509 *certificate, STACK_OF(X509) * shown,
                    X509_STORE_CTX *verifying) {
    const char *purpose = rules->facts.peer_is_client ? "ssl_client" : "ssl_server";
    if (certificate == NULL ||
        X509_STORE_CTX_init(verifying, SSL_CTX_get_cert_store(rules->ssl), certificate, shown) != 1 ||
        X509_STORE_CTX_set_default(verifying, purpose) != 1) {
        return false;
    }
    X509_VERIFY_PARAM *how = X509_STORE_CTX_get0_param(verifying);
    X509_VERIFY_PARAM_set_auth_level(how, SSL_CTX_get_security_level(rules->ssl));
    return X509_VERIFY_PARAM_set1(how, SSL_CTX_get0_param(rules->ssl)) == 1;
}

// At the time `at`; NULL: now.
static void judge_alone(const struct tls_peer_rules *rules, X509 *certificate, STACK_OF(X509) * others,
                        const int64_t *at, struct tls_verdict *verdict) {
    X509_STORE_CTX *verifying = X509_STORE_CTX_new();
    if (verifying != NULL && prepare(rules, certificate, others, verifying)) {
        if (at != NULL) {
            X509_STORE_CTX_set_time(verifying, 0, (time_t)*at);
        }
        judge(rules, verifying, verdict);
    } else {
        find(verdict, TLS_BROKEN, "no memory");
    }
    X509_STORE_CTX_free(verifying);
    ERR_clear_error();
}

void tls_peer_judge_at(const struct tls_peer_rules *rules, X509 *certificate, STACK_OF(X509) * others,
                       int64_t at, struct tls_verdict *verdict) {
    judge_alone(rules, certificate, others, &at, verdict);
}

void tls_peer_judge_now(const struct tls_peer_rules *rules, X509 *certificate, STACK_OF(X509) * others,
                        struct tls_verdict *verdict) {
    judge_alone(rules, certificate, others, NULL, verdict);
}

void tls_peer_judge_again(const struct tls_peer_rules *rules, const struct tls_shown *shown,
                          struct tls_verdict *verdict) {
    STACK_OF(X509) *all = tls_shown_open(shown);
    judge_alone(rules, sk_X509_value(all, 0), all, NULL, verdict);
    sk_X509_pop_free(all, X509_free);
}
