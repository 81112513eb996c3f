#include "seal/vkey.h"

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
    return error_set(error, ERROR_BAD_FORM, "the key %s", what);
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
    return memcmp(id, key->id, sizeof id) == 0 || refuse(error, "has an id that is not its own");
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
