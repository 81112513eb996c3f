#include "tls/failure.h"

const char *tls_failure_name(enum tls_failure failure) {
    static const char *const names[TLS_FAILURES] = {
        [TLS_NO_FAILURE] = "none",
        [TLS_NO_CERTIFICATE] = "no_certificate",
        [TLS_EXPIRED] = "certificate_expired",
        [TLS_NOT_YET_VALID] = "certificate_not_yet_valid",
        [TLS_REVOKED] = "certificate_revoked",
        [TLS_UNKNOWN_AUTHORITY] = "unknown_authority",
        [TLS_WRONG_PURPOSE] = "wrong_purpose",
        [TLS_NO_IDENTITY] = "no_identity",
        [TLS_WRONG_NAME] = "wrong_name",
        [TLS_NOT_AUTHORIZED] = "not_authorized",
        [TLS_REVOCATIONS_EXPIRED] = "no_revocation_list",
        [TLS_AUTHORITY_EXPIRED] = "authority_expired",
        [TLS_BAD_CERTIFICATE] = "bad_certificate",
        [TLS_UNSUPPORTED_VERSION] = "unsupported_version",
        [TLS_NOT_TLS] = "not_tls",
        [TLS_REFUSED] = "refused",
        [TLS_PROTOCOL] = "protocol_error",
        [TLS_CUT_OFF] = "cut_off",
        [TLS_BROKEN] = "broken",
    };
    return names[failure];
}

bool tls_failure_is_distrust(enum tls_failure failure) {
    switch (failure) {
    case TLS_EXPIRED:
    case TLS_NOT_YET_VALID:
    case TLS_REVOKED:
    case TLS_UNKNOWN_AUTHORITY:
    case TLS_WRONG_PURPOSE:
    case TLS_WRONG_NAME:
    case TLS_REVOCATIONS_EXPIRED:
    case TLS_AUTHORITY_EXPIRED:
    case TLS_BAD_CERTIFICATE:
    case TLS_NOT_TLS:
        return true;
    default:
        return false;
    }
}
