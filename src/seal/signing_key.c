#include "seal/signing_key.h"

#include "base/memory.h"
#include "seal/errors.h"

#include <limits.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

struct signing_key {
    EVP_PKEY *pkey;
    struct vkey public;
};

static void fail_memory(struct error *error) {
    error_set(error, ERROR_NO_MEMORY, "the signing key: no memory");
}

// Takes over `pkey`.
static struct signing_key *wrap(EVP_PKEY *pkey, struct slice name, enum vkey_type type, struct error *error) {
    uint8_t bytes[PUBLIC_KEY_BYTES];
    size_t length = sizeof bytes;
    struct signing_key *key = memory_allocate(sizeof *key);
    if (key == NULL || EVP_PKEY_get_raw_public_key(pkey, bytes, &length) != 1 || length != sizeof bytes) {
        EVP_PKEY_free(pkey);
        memory_free(key);
        ERR_clear_error();
        fail_memory(error);
        return NULL;
    }
    key->pkey = pkey;
    vkey_make(name, type, bytes, &key->public);
    return key;
}

struct signing_key *signing_key_from_seed(struct slice name, enum vkey_type type,
                                          const uint8_t seed[SEED_BYTES], struct error *error) {
    EVP_PKEY *pkey = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, SEED_BYTES);
    ERR_clear_error();
    if (pkey == NULL) {
        fail_memory(error);
        return NULL;
    }
    return wrap(pkey, name, type, error);
}

struct signing_key *signing_key_generate(struct slice name, enum vkey_type type, struct error *error) {
    EVP_PKEY *pkey = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    ERR_clear_error();
    if (pkey == NULL) {
        fail_memory(error);
        return NULL;
    }
    return wrap(pkey, name, type, error);
}

struct signing_key *signing_key_from_pem(struct slice name, enum vkey_type type, struct slice pem,
                                         struct error *error) {
    char no_password[] = "";
    BIO *bio = pem.length > INT_MAX ? NULL : BIO_new_mem_buf(pem.text, (int)pem.length);
    EVP_PKEY *pkey = bio == NULL ? NULL : PEM_read_bio_PrivateKey(bio, NULL, NULL, no_password);
    BIO_free(bio);
    ERR_clear_error();
    if (pkey == NULL) {
        error_set(error, ERROR_BAD_FORM, "the signing key is no private key in PEM");
        return NULL;
    }
    if (EVP_PKEY_get_id(pkey) != EVP_PKEY_ED25519) {
        error_set(error, ERROR_BAD_FORM, "the signing key is of another kind than Ed25519");
        EVP_PKEY_free(pkey);
        return NULL;
    }
    return wrap(pkey, name, type, error);
}

void signing_key_free(struct signing_key *key) {
    if (key != NULL) {
        EVP_PKEY_free(key->pkey);
        memory_free(key);
    }
}

const struct vkey *signing_key_public(const struct signing_key *key) {
    return &key->public;
}

bool signing_key_to_pem(const struct signing_key *key, char *text, size_t max, size_t *length,
                        struct error *error) {
    BIO *bio = BIO_new(BIO_s_secmem());
    char *bytes = NULL;
    long count = 0;
    if (bio != NULL && PEM_write_bio_PKCS8PrivateKey(bio, key->pkey, NULL, NULL, 0, NULL, NULL) == 1) {
        count = BIO_get_mem_data(bio, &bytes);
    }
    bool is_written = count > 0 && (size_t)count < max;
    if (is_written) {
        memcpy(text, bytes, (size_t)count);
        text[count] = '\0';
        *length = (size_t)count;
    } else {
        fail_memory(error);
    }
    BIO_free(bio);
    ERR_clear_error();
    return is_written;
}

bool signing_key_sign(const struct signing_key *key, const void *message, size_t length,
                      uint8_t signature[SIGNATURE_BYTES], struct error *error) {
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    size_t signature_length = SIGNATURE_BYTES;
    bool is_signed = context != NULL && EVP_DigestSignInit(context, NULL, NULL, NULL, key->pkey) == 1 &&
                     EVP_DigestSign(context, signature, &signature_length, message, length) == 1 &&
                     signature_length == SIGNATURE_BYTES;
    EVP_MD_CTX_free(context);
    ERR_clear_error();
    if (!is_signed) {
        fail_memory(error);
    }
    return is_signed;
}
