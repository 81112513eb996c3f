#include "seal/pulse_certificate.h"

#include "seal/errors.h"
#include "seal/limits.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

static X509 *read_pem(struct slice pem) {
    char no_password[] = ""; // else one that says it is encrypted would have the terminal ask for one
    BIO *bio = pem.length > CERTIFICATE_BYTES_MAX ? NULL : BIO_new_mem_buf(pem.text, (int)pem.length);
    X509 *x509 = bio == NULL ? NULL : PEM_read_bio_X509(bio, NULL, NULL, no_password);
    BIO_free(bio);
    return x509;
}

// The id and the key's hash. Returns false without memory.
static bool identify(X509 *x509, struct pulse_certificate *certificate) {
    unsigned char *der = NULL, *key = NULL;
    int length = i2d_X509(x509, &der), key_length = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(x509), &key);
    bool has_both = length > 0 && key_length > 0;
    if (has_both) {
        long_hash_of(der, (size_t)length, certificate->id);
        hash_of(key, (size_t)key_length, &certificate->public_key);
    }
    OPENSSL_free(der);
    OPENSSL_free(key);
    return has_both;
}

bool pulse_certificate_read(struct slice pem, struct pulse_certificate *certificate, struct error *error) {
    X509 *x509 = read_pem(pem);
    certificate->key = x509 == NULL ? NULL : X509_get_pubkey(x509);
    bool is_rsa = certificate->key != NULL && EVP_PKEY_get_base_id(certificate->key) == EVP_PKEY_RSA;
    bool is_read = is_rsa && identify(x509, certificate);
    X509_free(x509);
    ERR_clear_error();
    if (!is_read) {
        pulse_certificate_free(certificate);
        return error_set(error, ERROR_BAD_FORM, "the beacon's certificate: %s",
                         is_rsa ? "cannot be read" : "is no certificate of an RSA key, in PEM");
    }
    return true;
}

void pulse_certificate_free(struct pulse_certificate *certificate) {
    EVP_PKEY_free(certificate->key);
    certificate->key = NULL;
}

bool pulse_certificate_verify(const struct pulse_certificate *certificate, const void *message, size_t length,
                              const uint8_t *signature, size_t signature_length, struct error *error) {
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    EVP_PKEY_CTX *key = NULL; // the context's
    bool is_begun = context != NULL &&
                    EVP_DigestVerifyInit(context, &key, EVP_sha512(), NULL, certificate->key) == 1 &&
                    EVP_PKEY_CTX_set_rsa_padding(key, RSA_PKCS1_PADDING) == 1;
    bool is_right = is_begun && EVP_DigestVerify(context, signature, signature_length, message, length) == 1;
    EVP_MD_CTX_free(context);
    ERR_clear_error();
    if (!is_begun) {
        return error_set(error, ERROR_NO_MEMORY, "the pulse's signature cannot be checked: no memory");
    }
    return is_right || error_set(error, ERROR_FALSE_CLAIM, "the pulse's signature is wrong");
}
