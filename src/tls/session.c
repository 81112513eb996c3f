#include "tls/session.h"

#include "base/memory.h"
#include "tls/context_parts.h"
#include "tls/plain_records.h"
#include "tls/shown.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SERIAL_BYTES = 48, PIECE_BYTES = 16 * 1024 };

struct tls_session {
    struct tls_context *context; // that it began with
    struct tls_context *judge;   // by which the peer was last accepted
    SSL *ssl;
    tls_sink *sink;
    void *sink_context;
    const uint8_t *fed; // not consumed yet
    size_t fed_length;
    struct plain_records plain; // of a client
    char *host;
    bool has_begun, is_open, ended, is_unwelcome;
    enum tls_failure failure;
    struct tls_verdict verdict;
    bool has_offered, has_heard; // a client: an earlier session; anything that the server has said over it
    struct tls_shown shown;      // the peer's certificates, once it is open
    char identity[TLS_IDENTITY_BYTES], serial[SERIAL_BYTES], reason[TLS_REASON_BYTES];
};

// The bytes below OpenSSL ---------------------------------------------------------------------------------

static int take_fed(BIO *bio, char *bytes, int room) {
    struct tls_session *session = BIO_get_data(bio);
    BIO_clear_retry_flags(bio);
    if (session->fed_length == 0) {
        BIO_set_retry_read(bio);
        return -1;
    }
    size_t length = session->fed_length < (size_t)room ? session->fed_length : (size_t)room;
    memcpy(bytes, session->fed, length);
    session->fed += length;
    session->fed_length -= length;
    return (int)length;
}

static int give_away(BIO *bio, const char *bytes, int length) {
    struct tls_session *session = BIO_get_data(bio);
    BIO_clear_retry_flags(bio);
    return session->sink(session->sink_context, (const uint8_t *)bytes, (size_t)length) ? length : -1;
}

static long control(BIO *bio, int command, long number, void *pointer) {
    (void)bio, (void)number, (void)pointer;
    return command == BIO_CTRL_FLUSH;
}

static BIO_METHOD *bytes_method;
static pthread_once_t bytes_method_once = PTHREAD_ONCE_INIT;

static void free_method(void) {
    BIO_meth_free(bytes_method);
}

static void make_method(void) {
    bytes_method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "bytes");
    if (bytes_method != NULL) {
        BIO_meth_set_read(bytes_method, take_fed);
        BIO_meth_set_write(bytes_method, give_away);
        BIO_meth_set_ctrl(bytes_method, control);
        atexit(free_method);
    }
}

static bool attach_bytes(struct tls_session *session) {
    pthread_once(&bytes_method_once, make_method);
    BIO *bio = bytes_method == NULL ? NULL : BIO_new(bytes_method);
    if (bio == NULL) {
        return false;
    }
    BIO_set_data(bio, session);
    BIO_set_init(bio, 1);
    SSL_set_bio(session->ssl, bio, bio); // owns the BIO from here on
    return true;
}

// Failures ------------------------------------------------------------------------------------------------

// Whether nothing of the peer's has been understood yet. Afterwards what is no TLS is damage.
static bool is_at_beginning(const struct tls_session *session) {
    OSSL_HANDSHAKE_STATE first = session->context->is_server ? TLS_ST_SR_CLNT_HELLO : TLS_ST_CW_CLNT_HELLO;
    OSSL_HANDSHAKE_STATE now = SSL_get_state(session->ssl);
    return now == TLS_ST_BEFORE || now == first;
}

static enum tls_failure protocol_failure(const struct tls_session *session, int reason) {
    switch (reason) {
    case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE:
        return TLS_NO_CERTIFICATE;
    case SSL_R_UNSUPPORTED_PROTOCOL:
    case SSL_R_WRONG_SSL_VERSION:
    case SSL_R_UNKNOWN_PROTOCOL:
    case SSL_R_VERSION_TOO_LOW:
    case SSL_R_TLSV1_ALERT_PROTOCOL_VERSION:
        return TLS_UNSUPPORTED_VERSION;
    case SSL_R_HTTP_REQUEST:
    case SSL_R_HTTPS_PROXY_REQUEST:
    case SSL_R_WRONG_VERSION_NUMBER:
    case SSL_R_PACKET_LENGTH_TOO_LONG:
        return is_at_beginning(session) ? TLS_NOT_TLS : TLS_PROTOCOL;
    case ERR_R_MALLOC_FAILURE:
        return TLS_BROKEN;
    default: // an alert from the peer (RFC 8446, section 6)
        return reason > SSL_AD_REASON_OFFSET ? TLS_REFUSED : TLS_PROTOCOL;
    }
}

// The alerts that reject our certificate (RFC 8446, section 6.2).
static bool is_about_certificate(int reason) {
    switch (reason - SSL_AD_REASON_OFFSET) {
    case SSL_AD_BAD_CERTIFICATE:
    case SSL_AD_UNSUPPORTED_CERTIFICATE:
    case SSL_AD_CERTIFICATE_REVOKED:
    case SSL_AD_CERTIFICATE_EXPIRED:
    case SSL_AD_CERTIFICATE_UNKNOWN:
    case SSL_AD_UNKNOWN_CA:
    case SSL_AD_ACCESS_DENIED:
    case SSL_AD_CERTIFICATE_REQUIRED:
        return true;
    default:
        return false;
    }
}

// What most likely has happened.
static const char *not_tls(const struct tls_session *session, int reason) {
    if (reason == SSL_R_HTTP_REQUEST || reason == SSL_R_HTTPS_PROXY_REQUEST) {
        return "the client speaks HTTP, and this port TLS";
    }
    return session->context->is_server
               ? "the client speaks plain text, and this port TLS: was it given no certificates?"
               : "the server speaks plain text, and we were given certificates: it has none, or this is "
                 "another "
                 "program's port";
}

static ssize_t fail(struct tls_session *session, enum tls_failure failure, const char *reason) {
    session->failure = failure;
    snprintf(session->reason, sizeof session->reason, "%s", reason == NULL ? "" : reason);
    return -1;
}

// With the reason that OpenSSL gives.
static ssize_t fail_with_openssl(struct tls_session *session) {
    unsigned long code = ERR_peek_error();
    int reason = ERR_GET_REASON(code);
    ERR_clear_error();
    if (ERR_GET_LIB(code) == ERR_LIB_SSL && reason == SSL_R_CERTIFICATE_VERIFY_FAILED) {
        return fail(session, session->verdict.failure, session->verdict.reason);
    }
    if (code == 0 || ERR_GET_LIB(code) != ERR_LIB_SSL) {
        return fail(session, TLS_BROKEN, code == 0 ? "no memory" : ERR_reason_error_string(code));
    }
    enum tls_failure failure = protocol_failure(session, reason);
    session->is_unwelcome = session->is_open && is_about_certificate(reason);
    if (session->is_unwelcome) {
        session->failure = failure;
        tls_words_unwelcome(SSL_get_certificate(session->ssl), session->context->certificate,
                            reason - SSL_AD_REASON_OFFSET, session->reason);
        return -1;
    }
    if (failure == TLS_REFUSED && session->context->is_server && is_about_certificate(reason)) {
        char text[128];
        snprintf(text, sizeof text, "the client does not accept this server's certificate (%s)",
                 ERR_reason_error_string(code));
        return fail(session, failure, text);
    }
    return fail(session, failure,
                failure == TLS_NOT_TLS ? not_tls(session, reason) : ERR_reason_error_string(code));
}

// The same for what is no read or write. Always returns false.
static bool refuse(struct tls_session *session, enum tls_failure failure, const char *reason) {
    (void)fail(session, failure, reason);
    return false;
}

// The handshake -------------------------------------------------------------------------------------------

// A resumed session was judged before it was used: by a server in tls/ticket, by a client in tls/resumption.
static bool note_peer(struct tls_session *session) {
    const struct tls_peer_rules *rules = &session->context->rules;
    const X509 *certificate = SSL_get0_peer_certificate(session->ssl);
    if (certificate == NULL) {
        return refuse(session, TLS_NO_CERTIFICATE, "peer did not return a certificate");
    }
    if (rules->identity_prefix != NULL &&
        !tls_peer_identity(rules, certificate, session->identity, sizeof session->identity)) {
        return refuse(session, TLS_NO_IDENTITY, "the certificate names nobody");
    }
    BIGNUM *serial = ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate), NULL);
    char *digits = serial == NULL ? NULL : BN_bn2hex(serial);
    snprintf(session->serial, sizeof session->serial, "%s", digits == NULL ? "" : digits);
    OPENSSL_free(digits);
    BN_free(serial);
    if (!tls_shown_keep(&session->shown, session->ssl)) {
        return refuse(session, TLS_BROKEN, "no memory");
    }
    if (session->context->is_server) {
        tls_shown_forget(session->ssl);
    }
    return true;
}

static bool shake_hands(struct tls_session *session) {
    ERR_clear_error();
    int result = SSL_do_handshake(session->ssl);
    if (result == 1) {
        session->is_open = note_peer(session);
        return session->is_open;
    }
    if (SSL_get_error(session->ssl, result) != SSL_ERROR_WANT_READ) {
        fail_with_openssl(session);
    }
    return false;
}

// The server's certificate must be for this host, with a subjectAltName of the same type, name or address
// (RFC 9525, section 6).
static bool aim_at(struct tls_session *session, const char *host) {
    X509_VERIFY_PARAM *wanted = SSL_get0_param(session->ssl);
    session->host = memory_duplicate(host);
    if (session->host == NULL) {
        return false;
    }
    SSL_set_connect_state(session->ssl);
    if (X509_VERIFY_PARAM_set1_ip_asc(wanted, host) == 1) {
        return tls_resumption_use(&session->context->resumption, &session->context->rules, session->ssl,
                                  session->host);
    }
    ERR_clear_error();
    // The subject's common name is for people to read; an authority does not certify that it is a host.
    X509_VERIFY_PARAM_set_hostflags(wanted, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS |
                                                X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
    return X509_VERIFY_PARAM_set1_host(wanted, host, 0) == 1 &&
           SSL_set_tlsext_host_name(session->ssl, host) == 1 &&
           tls_resumption_use(&session->context->resumption, &session->context->rules, session->ssl,
                              session->host);
}

// Creating and freeing ------------------------------------------------------------------------------------

struct tls_session *tls_session_new(struct tls_context *context, const char *host, tls_sink *sink,
                                    void *sink_context) {
    struct tls_session *session = memory_zeroed(1, sizeof *session);
    if (session == NULL) {
        return NULL;
    }
    session->context = tls_context_hold(context);
    session->judge = tls_context_hold(context);
    session->sink = sink;
    session->sink_context = sink_context;
    session->ssl = SSL_new(context->ssl);
    bool made = session->ssl != NULL && attach_bytes(session);
    if (made) {
        SSL_set_app_data(session->ssl, &session->verdict);
    }
    if (made && host != NULL) {
        made = aim_at(session, host);
    } else if (made) {
        SSL_set_accept_state(session->ssl);
    }
    session->has_offered = made && SSL_get_session(session->ssl) != NULL;
    if (!made) {
        ERR_clear_error();
        tls_session_free(&session);
    }
    return session;
}

void tls_session_free(struct tls_session **pointer) {
    struct tls_session *session = *pointer;
    *pointer = NULL;
    if (session != NULL) {
        if (session->has_offered && (session->is_open || session->failure != TLS_NO_FAILURE)) {
            tls_resumption_note(&session->context->resumption, session->has_heard);
        }
        if (session->ssl != NULL && session->failure == TLS_NO_FAILURE) {
            // Otherwise OpenSSL treats a session that was not shut down as broken, and does not resume it.
            SSL_set_shutdown(session->ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
        }
        SSL_free(session->ssl);
        tls_shown_free(&session->shown);
        tls_context_release(session->judge);
        tls_context_release(session->context);
        memory_free(session->host);
        memory_free(session);
    }
}

// Judging again -------------------------------------------------------------------------------------------

bool tls_session_is_judged_by(const struct tls_session *session, const struct tls_context *context) {
    return session->judge == context;
}

bool tls_session_judge_again(struct tls_session *session, struct tls_context *context) {
    struct tls_verdict verdict;
    tls_peer_judge_again(&context->rules, &session->shown, &verdict);
    if (verdict.failure != TLS_NO_FAILURE) {
        return refuse(session, verdict.failure, verdict.reason);
    }
    tls_context_hold(context);
    tls_context_release(session->judge);
    session->judge = context;
    return true;
}

// Bytes ---------------------------------------------------------------------------------------------------

void tls_session_start(struct tls_session *session) {
    shake_hands(session);
}

// OpenSSL is given none of the bytes. It has said nothing yet, and so its alert is said here (RFC 8446,
// section 6): with no alert the client would not know that it should not come again as it did.
static void refuse_hello(struct tls_session *session) {
    static const uint8_t alert[] = {SSL3_RT_ALERT, 3, 3, 0, 2, SSL3_AL_FATAL, SSL_AD_UNEXPECTED_MESSAGE};
    session->fed_length = 0;
    (void)fail(session, TLS_PROTOCOL,
               "the client's first message is not one whole ClientHello in one record");
    if (SSL_get_state(session->ssl) == TLS_ST_BEFORE) {
        (void)!session->sink(session->sink_context, alert, sizeof alert);
    }
}

void tls_session_feed(struct tls_session *session, const uint8_t *bytes, size_t length) {
    bool is_followed = session->context->is_server && !session->is_open && session->failure == TLS_NO_FAILURE;
    session->fed = bytes;
    session->fed_length = length;
    session->has_begun = session->has_begun || length > 0;
    if (is_followed && !plain_records_follow(&session->plain, bytes, length)) {
        refuse_hello(session);
    }
}

ssize_t tls_session_read(struct tls_session *session, uint8_t *bytes, size_t room) {
    if (session->failure != TLS_NO_FAILURE || session->ended) {
        return -1;
    }
    if (!session->is_open && !shake_hands(session)) {
        return session->failure == TLS_NO_FAILURE ? 0 : -1;
    }
    ERR_clear_error();
    int length = SSL_read(session->ssl, bytes, room < PIECE_BYTES ? (int)room : PIECE_BYTES);
    if (length > 0) {
        session->has_heard = true;
        return length;
    }
    switch (SSL_get_error(session->ssl, length)) {
    case SSL_ERROR_WANT_READ:
        return 0;
    case SSL_ERROR_ZERO_RETURN:
        session->ended = true;
        return -1;
    default:
        return fail_with_openssl(session);
    }
}

bool tls_session_write(struct tls_session *session, const uint8_t *bytes, size_t length) {
    while (length > 0 && session->failure == TLS_NO_FAILURE) {
        ERR_clear_error();
        int written = SSL_write(session->ssl, bytes, length < PIECE_BYTES ? (int)length : PIECE_BYTES);
        if (written <= 0) {
            fail_with_openssl(session);
            return false;
        }
        bytes += written;
        length -= (size_t)written;
    }
    return session->failure == TLS_NO_FAILURE;
}

void tls_session_end(struct tls_session *session) {
    if (session->is_open && session->failure == TLS_NO_FAILURE) {
        ERR_clear_error();
        (void)SSL_shutdown(session->ssl); // not waiting for an answer is not a failure
        ERR_clear_error();
    }
}

// Its state -----------------------------------------------------------------------------------------------

bool tls_session_is_open(const struct tls_session *session) {
    return session->is_open;
}

bool tls_session_ended(const struct tls_session *session) {
    return session->ended;
}

enum tls_failure tls_session_failure(const struct tls_session *session) {
    return session->failure;
}

bool tls_session_is_unwelcome(const struct tls_session *session) {
    return session->is_unwelcome;
}

const char *tls_session_reason(const struct tls_session *session) {
    return session->reason;
}

const char *tls_session_identity(const struct tls_session *session) {
    return session->identity;
}

const char *tls_session_serial(const struct tls_session *session) {
    return session->serial;
}

void tls_session_describe(const struct tls_session *session, char words[TLS_REASON_BYTES]) {
    tls_words_describe(SSL_get0_peer_certificate(session->ssl), words);
}

// Whether a part of a record has come, which keeps OpenSSL's buffer for reading: "RB" while the record's body
// is awaited, when nothing need be pending.
static bool has_part(const SSL *ssl) {
    return SSL_has_pending(ssl) == 1 || strcmp(SSL_rstate_string(ssl), "RB") == 0;
}

// How many certificates OpenSSL keeps of the peer until the session is open. A server keeps the peer's own
// beside the others.
static size_t certificates_kept(const SSL *ssl) {
    const STACK_OF(X509) *others = SSL_get_peer_cert_chain(ssl);
    return (SSL_get0_peer_certificate(ssl) == NULL ? 0 : 1) +
           (others == NULL ? 0 : (size_t)sk_X509_num(others));
}

size_t tls_session_held(const struct tls_session *session) {
    if (session->is_open) {
        return has_part(session->ssl) ? TLS_PART_BYTES : 0;
    }
    return session->has_begun ? TLS_HANDSHAKE_BYTES + certificates_kept(session->ssl) * TLS_CERTIFICATE_BYTES
                              : 0;
}

bool tls_session_was_resumed(const struct tls_session *session) {
    return SSL_session_reused(session->ssl) == 1;
}
