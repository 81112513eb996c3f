// Whatever comes as a certificate or a key in PEM is refused with a reason, or is of the right kind.
#include "fuzz.h"

#include "seal/errors.h"
#include "seal/pulse_certificate.h"
#include "seal/signing_key.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    struct slice pem = {(const char *)bytes, length};
    struct pulse_certificate certificate;
    struct error error;
    if (pulse_certificate_read(pem, &certificate, &error)) {
        must_hold(EVP_PKEY_get_base_id(certificate.key) == EVP_PKEY_RSA, "a beacon's key is RSA");
        uint8_t signature[256] = {0};
        must_hold(!pulse_certificate_verify(&certificate, "a", 1, signature, sizeof signature, &error),
                  "nothing is no signature");
        pulse_certificate_free(&certificate);
    } else {
        must_hold(error.code == ERROR_BAD_FORM && error.text[0] != '\0', "a refusal has its reason");
    }
    struct signing_key *key = signing_key_from_pem(slice_of("a"), VKEY_ED25519, pem, &error);
    if (key != NULL) {
        uint8_t signature[SIGNATURE_BYTES];
        must_hold(signing_key_sign(key, "a", 1, signature, &error) &&
                      vkey_verify(signing_key_public(key), "a", 1, signature, &error),
                  "what a key signs is right");
        signing_key_free(key);
    } else {
        must_hold(error.code == ERROR_BAD_FORM && error.text[0] != '\0', "a refusal has its reason");
    }
    return 0;
}
