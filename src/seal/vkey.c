#include "seal/vkey.h"

#include "base/translate.h"
#include "seal/encoding.h"
#include "seal/errors.h"
#include "seal/hash.h"

#include <assert.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <stdio.h>

bool vkey_name_is_valid(struct slice name) {
    for (size_t i = 0; i < name.length; i++) {
        if (name.text[i] <= ' ' || name.text[i] > '~' || name.text[i] == '+') {
            return false;
        }
    }
    return name.length > 0 && name.length <= SIGN_NAME_BYTES_MAX;
}

static void compute_id(struct vkey *key) {
    uint8_t tail[2 + PUBLIC_KEY_BYTES] = {'\n', (uint8_t)key->type};
    memcpy(tail + 2, key->public_key, PUBLIC_KEY_BYTES);
    struct hasher hasher;
    struct hash hash;
    hasher_begin(&hasher);
    hasher_add(&hasher, key->name, strlen(key->name));
    hasher_add(&hasher, tail, sizeof tail);
    hasher_end(&hasher, &hash);
    memcpy(key->id, hash.bytes, KEY_ID_BYTES);
}

void vkey_make(struct slice name, enum vkey_type type, const uint8_t public_key[PUBLIC_KEY_BYTES],
               struct vkey *key) {
    assert(vkey_name_is_valid(name));
    *key = (struct vkey){.type = type};
    memcpy(key->name, name.text, name.length);
    memcpy(key->public_key, public_key, PUBLIC_KEY_BYTES);
    compute_id(key);
}

static bool refuse(struct error *error, const char *what) {
    return error_set(error, ERROR_BAD_FORM, "the key %s", translate(what));
}

// The y of each point whose order is 1, 2, 4 or 8, least byte first: whose key this is, anything can be made
// to look signed.
static const uint8_t small_order[][PUBLIC_KEY_BYTES] = {
    {0x00},
    {0x01},
    {0xec, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
     0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f},
    {0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67, 0x0f,
     0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a},
    {0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98, 0xf0,
     0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05},
};

// Libraries differ in which of the points below they take. None of them is a key here.
static bool check_point(const uint8_t public_key[PUBLIC_KEY_BYTES], struct error *error) {
    static const uint8_t least_of_prime = 0xed; // of 2^255 - 19; its other bytes are 0xff, the highest 0x7f
    uint8_t y[PUBLIC_KEY_BYTES];
    memcpy(y, public_key, sizeof y);
    y[PUBLIC_KEY_BYTES - 1] &= 0x7f; // without the sign of x
    size_t full = 1;
    while (full < PUBLIC_KEY_BYTES - 1 && y[full] == 0xff) {
        full++;
    }
    if (full == PUBLIC_KEY_BYTES - 1 && y[full] == 0x7f && y[0] >= least_of_prime) {
        return refuse(error, "has a public key that is not written as Ed25519 writes it");
    }
    for (size_t i = 0; i < sizeof small_order / sizeof *small_order; i++) {
        if (memcmp(y, small_order[i], sizeof y) == 0) {
            return refuse(error, "has a public key of a small order, for which anybody can sign");
        }
    }
    return true;
}

bool vkey_parse(struct slice text, struct vkey *key, struct error *error) {
    const char *plus = text.length == 0 ? NULL : memchr(text.text, '+', text.length);
    size_t name_length = plus == NULL ? text.length : (size_t)(plus - text.text);
    struct slice name = {text.text, name_length};
    size_t rest = text.length - name_length;
    const size_t id_digits = (size_t)2 * KEY_ID_BYTES;
    const size_t rest_wanted = 1 + id_digits + 1 + BASE64_TEXT_BYTES(1 + PUBLIC_KEY_BYTES) - 1;
    if (rest != rest_wanted || text.text[name_length + 1 + id_digits] != '+') {
        return refuse(error, "is not NAME+ID+BASE64, with an id of 8 digits and base64 of 33 bytes");
    }
    if (!vkey_name_is_valid(name)) {
        return refuse(error, "has a name that is empty, too long, or has a character that no name has");
    }
    uint8_t id[KEY_ID_BYTES], bytes[1 + PUBLIC_KEY_BYTES];
    struct slice id_text = {plus + 1, id_digits};
    struct slice key_text = {plus + 2 + id_digits, BASE64_TEXT_BYTES(sizeof bytes) - 1};
    if (!hex_decode_exactly(id_text, id, sizeof id)) {
        return refuse(error, "has an id that is not 8 digits of hex in lower case");
    }
    if (!base64_decode_exactly(key_text, bytes, sizeof bytes)) {
        return refuse(error, "is no base64 of 33 bytes");
    }
    if (bytes[0] != VKEY_ED25519 && bytes[0] != VKEY_COSIGNATURE) {
        return refuse(error, "is of a type other than Ed25519 (1) and cosignature/v1 (4)");
    }
    vkey_make(name, (enum vkey_type)bytes[0], bytes + 1, key);
    if (memcmp(id, key->id, sizeof id) != 0) {
        return refuse(error, "has an id that is not its own");
    }
    return check_point(key->public_key, error);
}

size_t vkey_format(const struct vkey *key, char text[VKEY_TEXT_BYTES]) {
    uint8_t bytes[1 + PUBLIC_KEY_BYTES] = {(uint8_t)key->type};
    char id[HEX_TEXT_BYTES(KEY_ID_BYTES)], base64[BASE64_TEXT_BYTES(sizeof bytes)];
    memcpy(bytes + 1, key->public_key, PUBLIC_KEY_BYTES);
    hex_encode(key->id, KEY_ID_BYTES, id);
    base64_encode(bytes, sizeof bytes, base64);
    return (size_t)snprintf(text, VKEY_TEXT_BYTES, "%s+%s+%s", key->name, id, base64);
}

bool vkey_equal(const struct vkey *one, const struct vkey *other) {
    return strcmp(one->name, other->name) == 0 && one->type == other->type &&
           vkey_same_public_key(one, other);
}

bool vkey_same_public_key(const struct vkey *one, const struct vkey *other) {
    return memcmp(one->public_key, other->public_key, PUBLIC_KEY_BYTES) == 0;
}

bool vkey_verify(const struct vkey *key, const void *message, size_t length,
                 const uint8_t signature[SIGNATURE_BYTES], struct error *error) {
    EVP_PKEY *pkey = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, key->public_key, PUBLIC_KEY_BYTES);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool is_begun =
        pkey != NULL && context != NULL && EVP_DigestVerifyInit(context, NULL, NULL, NULL, pkey) == 1;
    bool is_right = is_begun && EVP_DigestVerify(context, signature, SIGNATURE_BYTES, message, length) == 1;
    EVP_MD_CTX_free(context);
    EVP_PKEY_free(pkey);
    ERR_clear_error();
    if (!is_begun) {
        return error_set(error, ERROR_NO_MEMORY, "a signature cannot be checked: no memory");
    }
    return is_right || error_set(error, ERROR_FALSE_CLAIM, "the signature of %s is wrong", key->name);
}
