// Certificates follow RFC 5280: section 4.2 for extensions, section 5 for the revocation list.
#include "keys/authority.h"

#include "keys/pem_file.h"

#include <errno.h>
#include <limits.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    AUTHORITY_DAYS = 3650,
    LIST_DAYS = 30,
    SERIAL_BYTES = 16,
    EARLIER_SECONDS = 300, // since clocks differ
    VERSION_3 = 2,         // counted from 0
    LIST_VERSION_2 = 1,
    SECONDS_A_DAY = 24 * 3600,
};

struct authority {
    char *folder;
    X509 *certificate;
    EVP_PKEY *key;
};

static void path_of(char path[PATH_MAX], const struct authority *authority, const char *name,
                    const char *ending) {
    snprintf(path, PATH_MAX, "%s/%s%s", authority->folder, name, ending);
}

static bool fail(struct error *error, const char *what) {
    unsigned long code = ERR_peek_last_error();
    const char *reason = ERR_reason_error_string(code);
    error_set(error, ERROR_SYSTEM, "%s: %s", what, reason == NULL ? "no memory" : reason);
    ERR_clear_error();
    return false;
}

// Certificates --------------------------------------------------------------------------------------------

static bool set_serial(X509 *certificate) {
    unsigned char bytes[SERIAL_BYTES];
    if (RAND_bytes(bytes, sizeof bytes) != 1) {
        return false;
    }
    bytes[0] = (bytes[0] & 0x7f) | 0x40; // positive, and of fixed length
    BIGNUM *number = BN_bin2bn(bytes, sizeof bytes, NULL);
    bool set = number != NULL && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)) != NULL;
    BN_free(number);
    return set;
}

static bool set_subject(X509 *certificate, const char *name) {
    X509_NAME *subject = X509_get_subject_name(certificate);
    return X509_NAME_add_entry_by_txt(subject, "O", MBSTRING_UTF8, (const unsigned char *)"quiniela", -1, -1,
                                      0) == 1 &&
           X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, (const unsigned char *)name, -1, -1, 0) ==
               1;
}

static bool add_extension(X509 *certificate, X509V3_CTX *context, int kind, const char *value) {
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, context, kind, value);
    bool added = extension != NULL && X509_add_ext(certificate, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    return added;
}

// Everything in a certificate except its extensions and signature.
static X509 *begin_certificate(const char *name, EVP_PKEY *key, int days) {
    X509 *certificate = X509_new();
    if (certificate == NULL || X509_set_version(certificate, VERSION_3) != 1 || !set_serial(certificate) ||
        !set_subject(certificate, name) || X509_set_pubkey(certificate, key) != 1 ||
        X509_gmtime_adj(X509_getm_notBefore(certificate), -EARLIER_SECONDS) == NULL ||
        X509_time_adj_ex(X509_getm_notAfter(certificate), days, 0, NULL) == NULL) {
        X509_free(certificate);
        return NULL;
    }
    return certificate;
}

static X509 *sign_authority(EVP_PKEY *key) {
    X509V3_CTX context;
    X509 *certificate = begin_certificate("quiniela test authority", key, AUTHORITY_DAYS);
    if (certificate == NULL) {
        return NULL;
    }
    X509V3_set_ctx(&context, certificate, certificate, NULL, NULL, 0);
    if (X509_set_issuer_name(certificate, X509_get_subject_name(certificate)) != 1 ||
        !add_extension(certificate, &context, NID_basic_constraints, "critical,CA:TRUE,pathlen:0") ||
        !add_extension(certificate, &context, NID_key_usage, "critical,keyCertSign,cRLSign") ||
        !add_extension(certificate, &context, NID_subject_key_identifier, "hash") ||
        X509_sign(certificate, key, EVP_sha256()) == 0) {
        X509_free(certificate);
        return NULL;
    }
    return certificate;
}

// No certificate outlives its authority.
static bool limit_end(X509 *certificate, const X509 *authority) {
    const ASN1_TIME *end = X509_get0_notAfter(authority);
    return ASN1_TIME_compare(X509_get0_notAfter(certificate), end) <= 0 ||
           X509_set1_notAfter(certificate, end) == 1;
}

static X509 *sign(const struct authority *authority, const struct certificate_request *request,
                  EVP_PKEY *key) {
    X509V3_CTX context;
    X509 *certificate = begin_certificate(request->name, key, request->days);
    if (certificate == NULL) {
        return NULL;
    }
    X509V3_set_ctx(&context, authority->certificate, certificate, NULL, NULL, 0);
    if (!limit_end(certificate, authority->certificate) ||
        X509_set_issuer_name(certificate, X509_get_subject_name(authority->certificate)) != 1 ||
        !add_extension(certificate, &context, NID_basic_constraints, "critical,CA:FALSE") ||
        !add_extension(certificate, &context, NID_key_usage, "critical,digitalSignature") ||
        !add_extension(certificate, &context, NID_ext_key_usage,
                       request->is_server ? "serverAuth" : "clientAuth") ||
        !add_extension(certificate, &context, NID_subject_alt_name, request->names) ||
        !add_extension(certificate, &context, NID_subject_key_identifier, "hash") ||
        !add_extension(certificate, &context, NID_authority_key_identifier, "keyid") ||
        X509_sign(certificate, authority->key, EVP_sha256()) == 0) {
        X509_free(certificate);
        return NULL;
    }
    return certificate;
}

// An existing key is kept; otherwise one is created and written.
static EVP_PKEY *have_key(const char *path, struct error *error) {
    if (access(path, F_OK) == 0) {
        return pem_read_key(path, error);
    }
    EVP_PKEY *key = EVP_EC_gen("P-256");
    if (key == NULL) {
        fail(error, "cannot make a key");
    } else if (!pem_write_key(path, key, error)) {
        EVP_PKEY_free(key);
        key = NULL;
    }
    return key;
}

bool authority_issue(struct authority *authority, const struct certificate_request *request, bool *made,
                     struct error *error) {
    char certificate_path[PATH_MAX], key_path[PATH_MAX];
    path_of(certificate_path, authority, request->name, ".crt");
    path_of(key_path, authority, request->name, ".key");
    *made = access(certificate_path, F_OK) != 0 || access(key_path, F_OK) != 0;
    if (!*made) {
        return true;
    }
    EVP_PKEY *key = have_key(key_path, error);
    if (key == NULL) {
        return false;
    }
    X509 *certificate = sign(authority, request, key);
    EVP_PKEY_free(key);
    if (certificate == NULL) {
        char what[160];
        snprintf(what, sizeof what, "cannot make the certificate %.40s for %.80s", request->name,
                 request->names);
        return fail(error, what);
    }
    bool written = pem_write_certificate(certificate_path, certificate, error);
    X509_free(certificate);
    return written;
}

// The list ------------------------------------------------------------------------------------------------

// The existing list, or an empty one.
static X509_CRL *have_list(const struct authority *authority, struct error *error) {
    char path[PATH_MAX];
    path_of(path, authority, "crl", ".pem");
    if (access(path, F_OK) == 0) {
        X509_CRL *list = pem_read_revocations(path, error);
        if (list != NULL && X509_CRL_verify(list, authority->key) != 1) {
            X509_CRL_free(list);
            list = NULL;
            error_set(error, ERROR_BAD_SETTING, "%.150s: belongs to another authority", path);
            ERR_clear_error();
        }
        return list;
    }
    X509_CRL *list = X509_CRL_new();
    if (list == NULL || X509_CRL_set_version(list, LIST_VERSION_2) != 1 ||
        X509_CRL_set_issuer_name(list, X509_get_subject_name(authority->certificate)) != 1) {
        X509_CRL_free(list);
        fail(error, "cannot make a revocation list");
        return NULL;
    }
    return list;
}

// Each list has a higher number than its predecessor (section 5.2.3).
static bool count_on(X509_CRL *list) {
    ASN1_INTEGER *number = X509_CRL_get_ext_d2i(list, NID_crl_number, NULL, NULL);
    int64_t last = 0;
    if (number != NULL) {
        ASN1_INTEGER_get_int64(&last, number);
    } else {
        number = ASN1_INTEGER_new();
    }
    bool counted = number != NULL && ASN1_INTEGER_set_int64(number, last + 1) == 1 &&
                   X509_CRL_add1_ext_i2d(list, NID_crl_number, number, 0, X509V3_ADD_REPLACE) == 1;
    ASN1_INTEGER_free(number);
    return counted;
}

static bool write_list(const struct authority *authority, X509_CRL *list, struct error *error) {
    char path[PATH_MAX];
    path_of(path, authority, "crl", ".pem");
    ASN1_TIME *now = X509_gmtime_adj(NULL, -EARLIER_SECONDS);
    ASN1_TIME *next = X509_gmtime_adj(NULL, (long)LIST_DAYS * SECONDS_A_DAY);
    bool made = now != NULL && next != NULL && X509_CRL_set1_lastUpdate(list, now) == 1 &&
                X509_CRL_set1_nextUpdate(list, next) == 1 && count_on(list) && X509_CRL_sort(list) == 1 &&
                X509_CRL_sign(list, authority->key, EVP_sha256()) != 0;
    ASN1_TIME_free(now);
    ASN1_TIME_free(next);
    return made ? pem_write_revocations(path, list, error) : fail(error, "cannot make a revocation list");
}

bool authority_renew_list(struct authority *authority, struct error *error) {
    X509_CRL *list = have_list(authority, error);
    bool written = list != NULL && write_list(authority, list, error);
    X509_CRL_free(list);
    return written;
}

static bool add_revoked(X509_CRL *list, X509 *certificate) {
    X509_REVOKED *found, *revoked;
    if (X509_CRL_get0_by_cert(list, &found, certificate) == 1) {
        return true;
    }
    ASN1_TIME *now = X509_gmtime_adj(NULL, 0);
    revoked = X509_REVOKED_new();
    bool added = revoked != NULL && now != NULL &&
                 X509_REVOKED_set_serialNumber(revoked, X509_get_serialNumber(certificate)) == 1 &&
                 X509_REVOKED_set_revocationDate(revoked, now) == 1 &&
                 X509_CRL_add0_revoked(list, revoked) == 1;
    ASN1_TIME_free(now);
    if (!added) {
        X509_REVOKED_free(revoked);
    }
    return added;
}

bool authority_revoke(struct authority *authority, const char *name, struct error *error) {
    char path[PATH_MAX];
    path_of(path, authority, name, ".crt");
    X509 *certificate = pem_read_certificate(path, error);
    if (certificate == NULL) {
        return false;
    }
    bool done = X509_verify(certificate, authority->key) == 1 ||
                error_set(error, ERROR_BAD_SETTING, "%.150s: belongs to another authority", path);
    ERR_clear_error();
    X509_CRL *list = done ? have_list(authority, error) : NULL;
    done = list != NULL && (add_revoked(list, certificate) || fail(error, "cannot revoke")) &&
           write_list(authority, list, error);
    X509_CRL_free(list);
    X509_free(certificate);
    return done;
}

// The authority itself ------------------------------------------------------------------------------------

static bool read_authority(struct authority *authority, const char *certificate_path, const char *key_path,
                           struct error *error) {
    authority->certificate = pem_read_certificate(certificate_path, error);
    authority->key = authority->certificate == NULL ? NULL : pem_read_key(key_path, error);
    return authority->key != NULL && (X509_check_private_key(authority->certificate, authority->key) == 1 ||
                                      error_set(error, ERROR_BAD_SETTING, "%.100s: is not the key of %.100s",
                                                key_path, certificate_path));
}

static bool make_authority(struct authority *authority, const char *certificate_path, const char *key_path,
                           struct error *error) {
    authority->key = have_key(key_path, error);
    if (authority->key == NULL) {
        return false;
    }
    authority->certificate = sign_authority(authority->key);
    return authority->certificate != NULL
               ? pem_write_certificate(certificate_path, authority->certificate, error)
               : fail(error, "cannot make the authority's certificate");
}

static bool make_folder(const char *path, struct error *error) {
    return mkdir(path, 0700) == 0 || errno == EEXIST ||
           error_set_system(error, errno, "%.150s: cannot be created", path);
}

// Writes the path of the authority's key to `path`. If there is only a key where older versions kept it,
// moves it there.
static bool place_key(const struct authority *authority, char path[PATH_MAX], bool *moved,
                      struct error *error) {
    char old[PATH_MAX], folder[PATH_MAX];
    path_of(folder, authority, "authority", "");
    path_of(path, authority, "authority/ca", ".key");
    path_of(old, authority, "ca", ".key");
    *moved = false;
    if (!make_folder(folder, error)) {
        return false;
    }
    if (access(path, F_OK) == 0 || access(old, F_OK) != 0) {
        return true;
    }
    *moved = rename(old, path) == 0;
    return *moved || error_set_system(error, errno, "%.120s: cannot be moved to %.120s", old, path);
}

bool authority_open(const char *folder, struct authority **result, struct authority_opened *opened,
                    struct error *error) {
    char certificate_path[PATH_MAX], key_path[PATH_MAX];
    struct authority *authority = *result = calloc(1, sizeof *authority);
    *opened = (struct authority_opened){0};
    if (authority == NULL || (authority->folder = strdup(folder)) == NULL) {
        free(authority);
        *result = NULL;
        return error_set(error, ERROR_NO_MEMORY, "no memory for the authority");
    }
    path_of(certificate_path, authority, "ca", ".crt");
    opened->made = access(certificate_path, F_OK) != 0;
    bool is_open = make_folder(folder, error) && place_key(authority, key_path, &opened->moved, error) &&
                   (opened->made ? make_authority(authority, certificate_path, key_path, error)
                                 : read_authority(authority, certificate_path, key_path, error));
    if (!is_open) {
        ERR_clear_error();
        authority_close(result);
    }
    return is_open;
}

void authority_close(struct authority **pointer) {
    struct authority *authority = *pointer;
    *pointer = NULL;
    X509_free(authority->certificate);
    EVP_PKEY_free(authority->key);
    free(authority->folder);
    free(authority);
}
