// Public keys as the notes of C2SP name them, "name+id+base64", and the check of what they sign (Ed25519, RFC
// 8032).
#ifndef QUINIELA_SEAL_VKEY_H
#define QUINIELA_SEAL_VKEY_H

#include "base/error.h"
#include "seal/limits.h"
#include "seal/slice.h"

#include <stdint.h>

enum {
    KEY_ID_BYTES = 4,
    PUBLIC_KEY_BYTES = 32,
    SIGNATURE_BYTES = 64,
    VKEY_TEXT_BYTES = SIGN_NAME_BYTES_MAX + 1 + 2 * KEY_ID_BYTES + 1 + 44 + 1, // and a NUL
};

// What a key signs: a note's text, or, as a witness, a checkpoint together with a time.
enum vkey_type { VKEY_ED25519 = 0x01, VKEY_COSIGNATURE = 0x04 };

struct vkey {
    char name[SIGN_NAME_BYTES_MAX + 1];
    enum vkey_type type;
    uint8_t id[KEY_ID_BYTES];
    uint8_t public_key[PUBLIC_KEY_BYTES];
};

// Whether a key may have the name: 1 to SIGN_NAME_BYTES_MAX printable characters of ASCII, neither a space
// nor
// '+'. (The server's own is a NAME, too: seal/origin.h.)
bool vkey_name_is_valid(struct slice name);

// Makes a key of its parts, with the id that follows from them; the name is valid.
void vkey_make(struct slice name, enum vkey_type type, const uint8_t public_key[PUBLIC_KEY_BYTES],
               struct vkey *key);

// Reads "name+id+base64". ERROR_BAD_FORM says what is wrong with it. A public key of a small order, or one
// that is not written as RFC 8032 writes it, is none.
bool vkey_parse(struct slice text, struct vkey *key, struct error *error) MUST_CHECK;

// Writes it, and a NUL. Returns its length.
size_t vkey_format(const struct vkey *key, char text[VKEY_TEXT_BYTES]);

// Whether they are one: name, type and public key.
bool vkey_equal(const struct vkey *one, const struct vkey *other);

// Whether they have one public key, whatever their names and types.
bool vkey_same_public_key(const struct vkey *one, const struct vkey *other);

// Checks the signature of the message. ERROR_FALSE_CLAIM; ERROR_NO_MEMORY.
bool vkey_verify(const struct vkey *key, const void *message, size_t length,
                 const uint8_t signature[SIGNATURE_BYTES], struct error *error) MUST_CHECK;

#endif
