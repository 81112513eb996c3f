// Whatever comes as a time stamp is refused with a reason, as long as nobody can issue one.
#include "fuzz.h"

#include "seal/errors.h"
#include "seal/timestamp.h"

// An authority whose key was thrown away.
static struct timestamp_authority make_authority(void) {
    struct timestamp_authority authority = {.certificate = X509_new()};
    EVP_PKEY *key = EVP_EC_gen("P-256");
    must_hold(authority.certificate != NULL && key != NULL, "memory");
    must_hold(X509_set_pubkey(authority.certificate, key) == 1 &&
                  X509_sign(authority.certificate, key, EVP_sha256()) > 0,
              "the certificate is made");
    EVP_PKEY_free(key);
    return authority;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    static struct timestamp_authority authority;
    struct slice der = {(const char *)bytes, length};
    struct error error;
    struct hash hash;
    uint64_t time;
    if (authority.certificate == NULL) {
        authority = make_authority();
    }
    hash_of("the seal", 8, &hash);
    must_hold(!timestamp_check(der, &hash, &authority, &time, &error), "nobody can issue one");
    must_hold(error.text[0] != '\0', "a refusal has its reason");
    return 0;
}
