// A private key, and what it signs (Ed25519, RFC 8032). How it lies in a file: PEM (PKCS #8, RFC 8410).
#ifndef QUINIELA_SEAL_SIGNING_KEY_H
#define QUINIELA_SEAL_SIGNING_KEY_H

#include "seal/vkey.h"

enum { SEED_BYTES = 32 };

struct signing_key;

// Makes the key of a seed, or of 32 random bytes, or of the file's bytes; `name` is valid. NULL with
// ERROR_NO_MEMORY; from a file also ERROR_BAD_FORM, when it is none or of another kind. Freed by the caller;
// its memory is then wiped.
struct signing_key *signing_key_from_seed(struct slice name, enum vkey_type type,
                                          const uint8_t seed[SEED_BYTES], struct error *error);
struct signing_key *signing_key_from_pem(struct slice name, enum vkey_type type, struct slice pem,
                                         struct error *error);
struct signing_key *signing_key_generate(struct slice name, enum vkey_type type, struct error *error);
void signing_key_free(struct signing_key *key);

// Its public key. It lives as long as the key does.
const struct vkey *signing_key_public(const struct signing_key *key);

// Writes the key as PEM, and a NUL, into `text` of `max` bytes, and its length into *length. The caller wipes
// it.
bool signing_key_to_pem(const struct signing_key *key, char *text, size_t max, size_t *length,
                        struct error *error) MUST_CHECK;

// Signs the message: the same bytes for the same message. ERROR_NO_MEMORY.
bool signing_key_sign(const struct signing_key *key, const void *message, size_t length,
                      uint8_t signature[SIGNATURE_BYTES], struct error *error) MUST_CHECK;

#endif
