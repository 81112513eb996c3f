#include "tls/context.h"

#include "base/memory.h"
#include "base/translate.h"
#include "tls/context_parts.h"
#include "tls/ticket.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

// AES with 128 bits and SHA-256 first: the cheapest where the processor has instructions for it.
static const char ciphers[] = "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256";

enum {
    DEPTH_MAX = 4,
    RESUMABLE_SECONDS = 3600,
    TICKETS = 1,
    // A ticket has them in it, and the hello with the ticket must fit one record (tls/plain_records.h).
    CLIENT_CHAIN_BYTES_MAX = 12 * 1024,
};

// The text of OpenSSL's first error, for people. Empties the error queue.
static const char *openssl_text(char *text, size_t room) {
    unsigned long code = ERR_get_error();
    const char *reason = ERR_reason_error_string(code);
    if (ERR_SYSTEM_ERROR(code)) {
        snprintf(text, room, "%s", translate(strerror(ERR_GET_REASON(code))));
    } else if (ERR_GET_LIB(code) == ERR_LIB_PEM && ERR_GET_REASON(code) == PEM_R_NO_START_LINE) {
        snprintf(text, room, _("it contains none in PEM (-----BEGIN ...)"));
    } else {
        snprintf(text, room, "%s", reason == NULL ? _("it cannot be used") : reason);
    }
    ERR_clear_error();
    return text;
}

static bool refuse(const char *what, const char *path, struct error *error) {
    char text[128];
    return error_set(error, ERROR_BAD_SETTING, "%s %.150s: %s", translate(what), path,
                     openssl_text(text, sizeof text));
}

// Anything but a regular file might block or never end, and at a reload nobody would be there to help.
static bool are_files(const struct tls_options *options, struct error *error) {
    const char *const paths[] = {options->certificate, options->key, options->authority,
                                 options->revocations};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        struct stat status;
        if (paths[i] != NULL && stat(paths[i], &status) == 0 && !S_ISREG(status.st_mode)) {
            return error_set(error, ERROR_BAD_SETTING,
                             "%.150s: is not a regular file, and it is read again at each reload", paths[i]);
        }
    }
    return true;
}

static char *copy_of(const char *text) {
    return text == NULL ? NULL : memory_duplicate(text);
}

// Reading the files ---------------------------------------------------------------------------------------

// Nobody can be asked for a passphrase.
static int no_passphrase(char *text, int room, int is_writing, void *context) {
    (void)text, (void)room, (void)is_writing;
    *(bool *)context = true;
    return -1;
}

static bool refuse_key(const struct tls_options *options, struct error *error) {
    unsigned long code = ERR_peek_last_error();
    int reason = ERR_GET_REASON(code);
    if (ERR_GET_LIB(code) == ERR_LIB_X509 &&
        (reason == X509_R_KEY_VALUES_MISMATCH || reason == X509_R_KEY_TYPE_MISMATCH)) {
        ERR_clear_error();
        return error_set(error, ERROR_BAD_SETTING,
                         "key %.120s: it is not the key of the certificate in %.120s", options->key,
                         options->certificate);
    }
    return refuse("key", options->key, error);
}

static bool read_own(const struct tls_options *options, SSL_CTX *ssl, struct error *error) {
    if (options->certificate == NULL) {
        return true;
    }
    bool asked = false;
    SSL_CTX_set_default_passwd_cb(ssl, no_passphrase);
    SSL_CTX_set_default_passwd_cb_userdata(ssl, &asked);
    if (SSL_CTX_use_certificate_chain_file(ssl, options->certificate) != 1) {
        return refuse("certificate", options->certificate, error);
    }
    bool read = SSL_CTX_use_PrivateKey_file(ssl, options->key, SSL_FILETYPE_PEM) == 1;
    SSL_CTX_set_default_passwd_cb(ssl, NULL);
    if (asked) {
        ERR_clear_error();
        return error_set(error, ERROR_BAD_SETTING,
                         "key %.150s: it needs a passphrase, which nobody can be asked for", options->key);
    }
    return (read && SSL_CTX_check_private_key(ssl) == 1) || refuse_key(options, error);
}

// A file has one or more certificates, one after the other. The first to expire is kept, for the warning.
static bool read_authority(struct tls_context *context, SSL_CTX *ssl, struct error *error) {
    if (SSL_CTX_load_verify_file(ssl, context->authority) != 1) {
        return refuse("authority", context->authority, error);
    }
    const STACK_OF(X509_OBJECT) *objects = X509_STORE_get0_objects(SSL_CTX_get_cert_store(ssl));
    for (int i = 0; i < sk_X509_OBJECT_num(objects); i++) {
        X509 *one = X509_OBJECT_get0_X509(sk_X509_OBJECT_value(objects, i));
        const X509 *first = context->authority_certificate;
        if (one != NULL) { // makes OpenSSL fill its caches in it, before several threads use it
            (void)X509_check_purpose(one, -1, 0);
        }
        if (one != NULL &&
            (first == NULL || ASN1_TIME_compare(X509_get0_notAfter(one), X509_get0_notAfter(first)) < 0)) {
            X509_up_ref(one);
            X509_free(context->authority_certificate);
            context->authority_certificate = one;
        }
    }
    if (context->authority_certificate == NULL) {
        return refuse("authority", context->authority, error);
    }
    if (context->is_server) { // tells a client which of its certificates to use
        SSL_CTX_set_client_CA_list(ssl, SSL_load_client_CA_file(context->authority));
    }
    return true;
}

static bool expires_before(const X509_CRL *one, const X509_CRL *other) {
    const ASN1_TIME *end = X509_CRL_get0_nextUpdate(one);
    const ASN1_TIME *other_end = other == NULL ? NULL : X509_CRL_get0_nextUpdate(other);
    return other == NULL || (end != NULL && (other_end == NULL || ASN1_TIME_compare(end, other_end) < 0));
}

// Takes ownership of the list.
static bool add_revocations(struct tls_context *context, X509_STORE *store, X509_CRL *list) {
    bool added = X509_STORE_add_crl(store, list) == 1;
    if (added && expires_before(list, context->revocation_list)) {
        X509_CRL_free(context->revocation_list);
        context->revocation_list = list;
    } else {
        X509_CRL_free(list);
    }
    return added;
}

static bool read_revocations(struct tls_context *context, SSL_CTX *ssl, struct error *error) {
    if (context->revocations == NULL) {
        return true;
    }
    char no_password[] = ""; // else a list that says it is encrypted would have the terminal ask for one
    X509_STORE *store = SSL_CTX_get_cert_store(ssl);
    BIO *file = BIO_new_file(context->revocations, "r");
    bool added = file != NULL;
    for (X509_CRL *list; added && (list = PEM_read_bio_X509_CRL(file, NULL, NULL, no_password)) != NULL;) {
        added = add_revocations(context, store, list);
    }
    BIO_free(file);
    unsigned long code = ERR_peek_last_error();
    bool at_end = ERR_GET_LIB(code) == ERR_LIB_PEM && ERR_GET_REASON(code) == PEM_R_NO_START_LINE;
    if (!added || !at_end || context->revocation_list == NULL) {
        return refuse("revocation list", context->revocations, error);
    }
    ERR_clear_error();
    X509_STORE_set_flags(store, X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL); // for authorities, too
    return true;
}

// Creating and releasing ---------------------------------------------------------------------------------

static bool set_up(struct tls_context *context, SSL_CTX *ssl) {
    static const unsigned char purpose[] = "quiniela";
    SSL_CTX_set_options(ssl,
                        SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
    // An idle connection keeps no buffers.
    SSL_CTX_set_mode(ssl, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_AUTO_RETRY);
    tls_peer_require(&context->rules);
    SSL_CTX_set_verify_depth(ssl, DEPTH_MAX);
    SSL_CTX_set_timeout(ssl, RESUMABLE_SECONDS);
    if (!context->is_server) {
        tls_resumption_keep(&context->resumption, ssl);
    } else { // tickets only: they cost no memory here, and every loop accepts them
        // OpenSSL makes room for a client's certificates as soon as their length has come.
        SSL_CTX_set_max_cert_list(ssl, CLIENT_CHAIN_BYTES_MAX);
        SSL_CTX_set_session_cache_mode(ssl, SSL_SESS_CACHE_OFF);
        SSL_CTX_set_num_tickets(ssl, TICKETS);
    }
    if (context->any_date) {
        X509_STORE_set_flags(SSL_CTX_get_cert_store(ssl), X509_V_FLAG_NO_CHECK_TIME);
    }
    return tls_ticket_require(&context->rules) && SSL_CTX_set_min_proto_version(ssl, TLS1_3_VERSION) == 1 &&
           SSL_CTX_set_max_proto_version(ssl, TLS1_3_VERSION) == 1 &&
           SSL_CTX_set_ciphersuites(ssl, ciphers) == 1 &&
           SSL_CTX_set_session_id_context(ssl, purpose, sizeof purpose - 1) == 1;
}

// Whether there was memory for all that was given: without the list of what is revoked, nothing would be.
static bool has_copies(const struct tls_context *context, const struct tls_options *options) {
    const char *const pairs[][2] = {{options->certificate, context->certificate},
                                    {options->authority, context->authority},
                                    {options->revocations, context->revocations},
                                    {options->identity_prefix, context->rules.identity_prefix}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        if (pairs[i][0] != NULL && pairs[i][1] == NULL) {
            return false;
        }
    }
    return true;
}

bool tls_context_new(enum tls_role role, const struct tls_options *options, struct tls_context **result,
                     struct error *error) {
    *result = NULL;
    struct tls_context *context = memory_zeroed(1, sizeof *context);
    if (context == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for TLS");
    }
    *context = (struct tls_context){.is_server = role == TLS_SERVER,
                                    .any_date = options->any_date,
                                    .certificate = copy_of(options->certificate),
                                    .authority = copy_of(options->authority),
                                    .revocations = copy_of(options->revocations)};
    atomic_init(&context->users, 1);
    tls_resumption_begin(&context->resumption);
    ERR_clear_error();
    context->ssl = SSL_CTX_new(TLS_method());
    context->rules = (struct tls_peer_rules){.ssl = context->ssl,
                                             .facts = {.peer_is_client = context->is_server,
                                                       .authority = context->authority,
                                                       .revocations = context->revocations},
                                             .identity_prefix = copy_of(options->identity_prefix),
                                             .identity_is_good = options->identity_is_good};
    bool made = context->ssl != NULL && has_copies(context, options) && set_up(context, context->ssl);
    if (!made) {
        char text[128];
        error_set(error, ERROR_NO_MEMORY, "TLS cannot be set up: %s", openssl_text(text, sizeof text));
    }
    if (!made || !are_files(options, error) || !read_own(options, context->ssl, error) ||
        !read_authority(context, context->ssl, error) || !read_revocations(context, context->ssl, error)) {
        tls_context_release(context);
        return false;
    }
    *result = context;
    return true;
}

struct tls_context *tls_context_hold(struct tls_context *context) {
    atomic_fetch_add(&context->users, 1);
    return context;
}

void tls_context_release(struct tls_context *context) {
    if (context == NULL || atomic_fetch_sub(&context->users, 1) > 1) {
        return;
    }
    tls_resumption_end(&context->resumption);
    SSL_CTX_free(context->ssl);
    X509_free(context->authority_certificate);
    X509_CRL_free(context->revocation_list);
    memory_free(context->certificate);
    memory_free(context->authority);
    memory_free(context->revocations);
    memory_free(context->rules.identity_prefix);
    memory_free(context);
}

// What peers will reject in it ---------------------------------------------------------------------------

const char *tls_context_fault(const struct tls_context *context) {
    X509 *own = SSL_CTX_get0_certificate(context->ssl);
    if (own == NULL) {
        return NULL;
    }
    uint32_t purpose = context->is_server ? XKU_SSL_SERVER : XKU_SSL_CLIENT;
    if ((X509_get_extension_flags(own) & EXFLAG_XKUSAGE) == 0 ||
        (X509_get_extended_key_usage(own) & purpose) == 0) {
        return context->is_server ? "its extended key usage does not name serverAuth: agencies refuse it"
                                  : "its extended key usage does not name clientAuth: the central refuses it";
    }
    GENERAL_NAMES *names = X509_get_ext_d2i(own, NID_subject_alt_name, NULL, NULL);
    bool is_named = names != NULL;
    GENERAL_NAMES_free(names);
    if (!is_named) {
        return context->is_server
                   ? "it has no subjectAltName with the server's names: agencies refuse it"
                   : "it has no subjectAltName with the agency's number: the central refuses it";
    }
    return NULL;
}

static bool has_list_of(const STACK_OF(X509_OBJECT) * objects, const X509 *authority) {
    for (int i = 0; i < sk_X509_OBJECT_num(objects); i++) {
        const X509_CRL *list = X509_OBJECT_get0_X509_CRL(sk_X509_OBJECT_value(objects, i));
        if (list != NULL && X509_NAME_cmp(X509_CRL_get_issuer(list), X509_get_subject_name(authority)) == 0) {
            return true;
        }
    }
    return false;
}

bool tls_context_lacks_list(const struct tls_context *context, char *name, size_t room) {
    const STACK_OF(X509_OBJECT) *objects = X509_STORE_get0_objects(SSL_CTX_get_cert_store(context->ssl));
    for (int i = 0; context->revocations != NULL && i < sk_X509_OBJECT_num(objects); i++) {
        const X509 *authority = X509_OBJECT_get0_X509(sk_X509_OBJECT_value(objects, i));
        if (authority != NULL && !has_list_of(objects, authority)) {
            tls_words_name(X509_get_subject_name(authority), name, room);
            return true;
        }
    }
    return false;
}

// Expiry --------------------------------------------------------------------------------------------------

static bool fill_in(struct tls_expiry *expiry, const char *what, const char *path, const ASN1_TIME *end) {
    int days, seconds;
    struct tm parts;
    if (end == NULL || ASN1_TIME_diff(&days, &seconds, NULL, end) != 1 || ASN1_TIME_to_tm(end, &parts) != 1) {
        return false;
    }
    *expiry = (struct tls_expiry){what, path, (int64_t)days * 24 * 3600 + seconds, ""};
    strftime(expiry->date, sizeof expiry->date, "%Y-%m-%d %H:%M:%S", &parts);
    return true;
}

size_t tls_context_expiries(const struct tls_context *context, struct tls_expiry expiries[TLS_EXPIRIES_MAX]) {
    size_t count = 0;
    const X509 *own = SSL_CTX_get0_certificate(context->ssl);
    if (own != NULL) {
        count += fill_in(&expiries[count], "certificate", context->certificate, X509_get0_notAfter(own));
    }
    count += fill_in(&expiries[count], "authority", context->authority,
                     X509_get0_notAfter(context->authority_certificate));
    if (context->revocation_list != NULL) {
        count += fill_in(&expiries[count], "revocations", context->revocations,
                         X509_CRL_get0_nextUpdate(context->revocation_list));
    }
    return count;
}
