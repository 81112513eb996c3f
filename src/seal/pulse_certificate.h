// A beacon's certificate: its id, its key's hash, and the signatures of that key. Its dates and who signed it
// do not matter, as the rules name it.
#ifndef QUINIELA_SEAL_PULSE_CERTIFICATE_H
#define QUINIELA_SEAL_PULSE_CERTIFICATE_H

#include "base/error.h"
#include "seal/hash.h"
#include "seal/slice.h"

#include <openssl/evp.h>

struct pulse_certificate {
    EVP_PKEY *key;               // RSA
    uint8_t id[LONG_HASH_BYTES]; // SHA-512 of the certificate's DER
    struct hash public_key;      // SHA-256 of the DER of its SubjectPublicKeyInfo
};

// Reads the first certificate of the text, in PEM, at most CERTIFICATE_BYTES_MAX bytes. ERROR_BAD_FORM when
// there is none, or its key is not RSA. Freed by the caller.
bool pulse_certificate_read(struct slice pem, struct pulse_certificate *certificate,
                            struct error *error) MUST_CHECK;
void pulse_certificate_free(struct pulse_certificate *certificate);

// Checks a signature of the message: RSASSA-PKCS1-v1_5 with SHA-512. ERROR_FALSE_CLAIM, ERROR_NO_MEMORY.
bool pulse_certificate_verify(const struct pulse_certificate *certificate, const void *message, size_t length,
                              const uint8_t *signature, size_t signature_length,
                              struct error *error) MUST_CHECK;

#endif
