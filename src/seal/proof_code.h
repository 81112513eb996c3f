// A proof as the bytes of a QR code, and these as base32, which a QR code holds as letters and digits.
#ifndef QUINIELA_SEAL_PROOF_CODE_H
#define QUINIELA_SEAL_PROOF_CODE_H

#include "seal/encoding.h"
#include "seal/proof.h"

enum { PROOF_CODE_BYTES_MAX = 6 * 1024, PROOF_CODE_TEXT_BYTES = BASE32_TEXT_BYTES(PROOF_CODE_BYTES_MAX) };

static_assert(1 + 1 + ORIGIN_BYTES_MAX + 4 + 4 + 1 + 8 + 8 + SALT_BYTES + 2 + TEXT_BYTES_MAX +
                      2 * MERKLE_LEVELS_MAX * HASH_BYTES + 1 + SIGN_NAME_BYTES_MAX + KEY_ID_BYTES +
                      SIGNATURE_BYTES <=
                  PROOF_CODE_BYTES_MAX,
              "every proof has room");

// What the bytes hold. All of it points into them.
struct proof_code {
    struct slice origin;
    uint32_t agencies;
    struct proof proof; // without its note
    struct slice key_name;
    uint8_t key_id[KEY_ID_BYTES];
    uint8_t signature[SIGNATURE_BYTES]; // of the seal
};

// Writes the bytes of a proof whose seal is signed by `key`, and their number into *length. ERROR_BAD_FORM
// and ERROR_FALSE_CLAIM when the proof does not hold.
bool proof_code_write(const struct proof *proof, const struct vkey *key, uint8_t bytes[PROOF_CODE_BYTES_MAX],
                      size_t *length, struct error *error) MUST_CHECK;

// Reads the bytes. ERROR_BAD_FORM: also when the paths have other lengths than the numbers give, or more
// follows.
bool proof_code_parse(const uint8_t *bytes, size_t length, struct proof_code *code,
                      struct error *error) MUST_CHECK;

// The seal that follows from it; its origin is the code's. ERROR_FALSE_CLAIM when there is no such place.
bool proof_code_seal(const struct proof_code *code, struct checkpoint *seal, struct error *error) MUST_CHECK;

// Checks that this seal is one of `origin` (any, when its text is NULL), signed by `key`.
bool proof_code_check(const struct proof_code *code, const struct vkey *key, struct slice origin,
                      struct checkpoint *seal, struct error *error) MUST_CHECK;

#endif
