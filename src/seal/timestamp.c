#include "seal/timestamp.h"

#include "seal/errors.h"
#include "seal/limits.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ts.h>
#include <time.h>

// The authority ---------------------------------------------------------------------------------------------

bool timestamp_authority_read(struct slice pem, struct timestamp_authority *authority, struct error *error) {
    char no_password[] = ""; // else one that says it is encrypted would have the terminal ask for one
    BIO *bio = pem.length > CERTIFICATE_BYTES_MAX ? NULL : BIO_new_mem_buf(pem.text, (int)pem.length);
    unsigned char *der = NULL;
    authority->certificate = bio == NULL ? NULL : PEM_read_bio_X509(bio, NULL, NULL, no_password);
    int length = authority->certificate == NULL ? 0 : i2d_X509(authority->certificate, &der);
    BIO_free(bio);
    ERR_clear_error();
    if (length <= 0) {
        timestamp_authority_free(authority);
        return error_set(error, ERROR_BAD_FORM, "the time-stamping authority's certificate: is none, in PEM");
    }
    hash_of(der, (size_t)length, &authority->hash);
    OPENSSL_free(der);
    return true;
}

void timestamp_authority_free(struct timestamp_authority *authority) {
    X509_free(authority->certificate);
    authority->certificate = NULL;
}

// Asking ----------------------------------------------------------------------------------------------------

static bool set_imprint(TS_REQ *request, const struct hash *hash) {
    TS_MSG_IMPRINT *imprint = TS_MSG_IMPRINT_new();
    X509_ALGOR *algorithm = X509_ALGOR_new();
    unsigned char bytes[HASH_BYTES];
    memcpy(bytes, hash->bytes, sizeof bytes);
    bool is_set = imprint != NULL && algorithm != NULL &&
                  X509_ALGOR_set0(algorithm, OBJ_nid2obj(NID_sha256), V_ASN1_NULL, NULL) == 1 &&
                  TS_MSG_IMPRINT_set_algo(imprint, algorithm) == 1 &&
                  TS_MSG_IMPRINT_set_msg(imprint, bytes, sizeof bytes) == 1 &&
                  TS_REQ_set_msg_imprint(request, imprint) == 1;
    TS_MSG_IMPRINT_free(imprint);
    X509_ALGOR_free(algorithm);
    return is_set;
}

bool timestamp_request(const struct hash *hash, uint8_t request[TIMESTAMP_REQUEST_BYTES_MAX], size_t *length,
                       struct error *error) {
    TS_REQ *asked = TS_REQ_new();
    unsigned char *at = request;
    int written = 0;
    if (asked != NULL && TS_REQ_set_version(asked, 1) == 1 && set_imprint(asked, hash) &&
        TS_REQ_set_cert_req(asked, 1) == 1) {
        int wanted = i2d_TS_REQ(asked, NULL);
        written = wanted > 0 && wanted <= TIMESTAMP_REQUEST_BYTES_MAX ? i2d_TS_REQ(asked, &at) : 0;
    }
    TS_REQ_free(asked);
    ERR_clear_error();
    *length = written > 0 ? (size_t)written : 0;
    return written > 0 || error_set(error, ERROR_NO_MEMORY, "a time stamp's request: no memory");
}

// Checking --------------------------------------------------------------------------------------------------

static bool refuse(struct error *error, const struct error_code *code, const char *what) {
    ERR_clear_error();
    return error_set(error, code, "the time stamp %s", what);
}

// The token: that of an answer, or all there is. NULL when it is neither. Freed by the caller.
static PKCS7 *read_token(struct slice der) {
    const unsigned char *start = (const unsigned char *)der.text, *end = start + der.length, *at = start;
    TS_RESP *answer = d2i_TS_RESP(NULL, &at, (long)der.length);
    PKCS7 *token = NULL;
    if (answer != NULL && at == end && TS_RESP_get_token(answer) != NULL) {
        token = PKCS7_dup(TS_RESP_get_token(answer));
    } else if (answer == NULL) {
        at = start;
        token = d2i_PKCS7(NULL, &at, (long)der.length);
        if (at != end) {
            PKCS7_free(token);
            token = NULL;
        }
    }
    TS_RESP_free(answer);
    return token;
}

// Whether it is of this hash, and of one that SHA-256 made.
static bool is_of(TS_TST_INFO *info, const struct hash *hash) {
    TS_MSG_IMPRINT *imprint = TS_TST_INFO_get_msg_imprint(info);
    ASN1_OCTET_STRING *bytes = TS_MSG_IMPRINT_get_msg(imprint);
    const ASN1_OBJECT *algorithm;
    X509_ALGOR_get0(&algorithm, NULL, NULL, TS_MSG_IMPRINT_get_algo(imprint));
    return OBJ_obj2nid(algorithm) == NID_sha256 && ASN1_STRING_length(bytes) == HASH_BYTES &&
           memcmp(ASN1_STRING_get0_data(bytes), hash->bytes, HASH_BYTES) == 0;
}

static bool take_time(const TS_TST_INFO *info, uint64_t *time) {
    struct tm parts;
    const ASN1_GENERALIZEDTIME *stamped = TS_TST_INFO_get_time(info);
    time_t seconds = stamped != NULL && ASN1_TIME_to_tm(stamped, &parts) == 1 ? timegm(&parts) : -1;
    *time = (uint64_t)seconds;
    return seconds >= 0;
}

// Certificates that the authority has issued, as they were valid at that time.
static X509_STORE *trust(const struct timestamp_authority *authority, uint64_t time) {
    X509_STORE *store = X509_STORE_new();
    if (store == NULL || X509_STORE_add_cert(store, authority->certificate) != 1 ||
        X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN) != 1) {
        X509_STORE_free(store);
        return NULL;
    }
    X509_VERIFY_PARAM_set_time(X509_STORE_get0_param(store), (time_t)time);
    return store;
}

static bool is_signed(PKCS7 *token, const struct timestamp_authority *authority, uint64_t time,
                      struct error *error) {
    X509_STORE *store = trust(authority, time);
    TS_VERIFY_CTX *context = store == NULL ? NULL : TS_VERIFY_CTX_new();
    if (context == NULL) {
        X509_STORE_free(store);
        return refuse(error, ERROR_NO_MEMORY, "cannot be checked: no memory");
    }
    TS_VERIFY_CTX_set_flags(context, TS_VFY_VERSION | TS_VFY_SIGNATURE);
    TS_VERIFY_CTX_set_store(context, store); // which frees it
    bool is_right = TS_RESP_verify_token(context, token) == 1;
    TS_VERIFY_CTX_free(context);
    return is_right ||
           refuse(error, ERROR_FALSE_CLAIM, "is not signed by what the authority has issued for it");
}

// What a token says of itself, whoever has signed it. `hash` may be NULL.
static bool read_info(PKCS7 *token, const struct hash *hash, uint64_t *time, struct error *error) {
    TS_TST_INFO *info = PKCS7_type_is_signed(token) ? PKCS7_to_TS_TST_INFO(token) : NULL;
    if (info == NULL) {
        return refuse(error, ERROR_BAD_FORM, "is none of RFC 3161");
    }
    bool is_of_hash = hash == NULL || is_of(info, hash), has_time = take_time(info, time);
    TS_TST_INFO_free(info);
    if (!has_time) {
        return refuse(error, ERROR_BAD_FORM, "has no time");
    }
    return is_of_hash || refuse(error, ERROR_FALSE_CLAIM, "is of something else");
}

// `authority` may be NULL: then who signed it is not asked.
static bool check(struct slice der, const struct hash *hash, const struct timestamp_authority *authority,
                  uint64_t *time, struct error *error) {
    if (der.length > TIMESTAMP_BYTES_MAX) {
        return refuse(error, ERROR_BAD_FORM, "has more than 65536 bytes");
    }
    PKCS7 *token = read_token(der);
    if (token == NULL) {
        return refuse(error, ERROR_BAD_FORM, "is neither an answer with a token nor a token (RFC 3161, DER)");
    }
    bool holds = read_info(token, hash, time, error) &&
                 (authority == NULL || is_signed(token, authority, *time, error));
    PKCS7_free(token);
    ERR_clear_error();
    return holds;
}

bool timestamp_read(struct slice der, const struct hash *hash, uint64_t *time, struct error *error) {
    return check(der, hash, NULL, time, error);
}

bool timestamp_check(struct slice der, const struct hash *hash, const struct timestamp_authority *authority,
                     uint64_t *time, struct error *error) {
    return check(der, hash, authority, time, error);
}
