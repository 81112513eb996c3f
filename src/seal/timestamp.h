// Time stamps (RFC 3161): that an authority saw a seal's hash at a time.
#ifndef QUINIELA_SEAL_TIMESTAMP_H
#define QUINIELA_SEAL_TIMESTAMP_H

#include "base/error.h"
#include "seal/hash.h"
#include "seal/slice.h"

#include <openssl/x509.h>

enum { TIMESTAMP_REQUEST_BYTES_MAX = 256, TIMESTAMP_BYTES_MAX = 64 * 1024 };

// The certificate of an authority's CA, as the rules name it.
struct timestamp_authority {
    X509 *certificate;
    struct hash hash; // SHA-256 of its DER
};

// Reads the first certificate of the text, in PEM, at most CERTIFICATE_BYTES_MAX bytes. ERROR_BAD_FORM. Freed
// by the caller.
bool timestamp_authority_read(struct slice pem, struct timestamp_authority *authority,
                              struct error *error) MUST_CHECK;
void timestamp_authority_free(struct timestamp_authority *authority);

// Writes a request for the hash (DER, to be sent as application/timestamp-query), and its length into
// *length. ERROR_NO_MEMORY.
bool timestamp_request(const struct hash *hash, uint8_t request[TIMESTAMP_REQUEST_BYTES_MAX], size_t *length,
                       struct error *error) MUST_CHECK;

// Reads an answer, or the token that is in one (DER), as far as that needs no certificate: that it is a time
// stamp, of this hash (NULL: of any), and when it says that it was made, into *time, in seconds since 1970.
// Anybody can have signed it. ERROR_BAD_FORM, ERROR_FALSE_CLAIM.
bool timestamp_read(struct slice der, const struct hash *hash, uint64_t *time,
                    struct error *error) MUST_CHECK;

// Checks an answer, or the token that is in one (DER): that it is of this hash, and signed by a certificate
// for time stamps that the authority has issued and that was valid then. *time is when, in seconds since
// 1970. ERROR_BAD_FORM, ERROR_FALSE_CLAIM, ERROR_NO_MEMORY.
bool timestamp_check(struct slice der, const struct hash *hash, const struct timestamp_authority *authority,
                     uint64_t *time, struct error *error) MUST_CHECK;

#endif
