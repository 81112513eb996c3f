#include "seal/proof_code.h"

#include "seal/big_endian.h"
#include "seal/errors.h"
#include "seal/note.h"
#include "seal/origin.h"

enum { VERSION = 0x01 };

// Writing -------------------------------------------------------------------------------------------------

static void put(uint8_t **at, const void *bytes, size_t length) {
    memcpy(*at, bytes, length);
    *at += length;
}

static void put_byte(uint8_t **at, size_t value) {
    *(*at)++ = (uint8_t)value;
}

static void put_long(uint8_t **at, uint64_t value) {
    put_u64(*at, value);
    *at += 8;
}

static void put_path(uint8_t **at, const struct merkle_path *path) {
    for (size_t i = 0; i < path->length; i++) {
        put(at, path->hashes[i].bytes, HASH_BYTES);
    }
}

static void put_numbers(uint8_t **at, const struct proof *proof, const struct checkpoint *seal) {
    put_u32(*at, (uint32_t)(seal->size - 1));
    put_u32(*at + 4, proof->bet.agency);
    *at += 8;
    put_byte(at, proof->state == ENTRY_FINISHED);
    put_long(at, proof->count);
    put_long(at, proof->bet.index);
}

bool proof_code_write(const struct proof *proof, const struct vkey *key, uint8_t bytes[PROOF_CODE_BYTES_MAX],
                      size_t *length, struct error *error) {
    struct checkpoint seal;
    struct note note;
    uint8_t signature[SIGNATURE_BYTES];
    bool is_signed;
    if (!proof_check(proof, key, (struct slice){0}, &seal, error) ||
        !note_parse("the proof's seal", proof->agency.note, &note, error) ||
        !note_find(&note, key, signature, sizeof signature, &is_signed, error)) {
        return false;
    }
    uint8_t *at = bytes;
    put_byte(&at, VERSION);
    put_byte(&at, seal.origin.length);
    put(&at, seal.origin.text, seal.origin.length);
    put_numbers(&at, proof, &seal);
    put(&at, proof->salt, SALT_BYTES);
    put_byte(&at, proof->text.length >> 8);
    put_byte(&at, proof->text.length & 0xFF);
    put(&at, proof->text.text, proof->text.length);
    put_path(&at, &proof->path);
    put_path(&at, &proof->agency.path);
    put_byte(&at, strlen(key->name));
    put(&at, key->name, strlen(key->name));
    put(&at, key->id, KEY_ID_BYTES);
    put(&at, signature, SIGNATURE_BYTES);
    *length = (size_t)(at - bytes);
    return true;
}

// Reading -------------------------------------------------------------------------------------------------

struct input {
    const uint8_t *at, *end;
};

// The next bytes; NULL when there are fewer.
static const uint8_t *take(struct input *input, size_t length) {
    if ((size_t)(input->end - input->at) < length) {
        return NULL;
    }
    const uint8_t *bytes = input->at;
    input->at += length;
    return bytes;
}

static bool take_copy(struct input *input, void *bytes, size_t length) {
    const uint8_t *taken = take(input, length);
    if (taken != NULL) {
        memcpy(bytes, taken, length);
    }
    return taken != NULL;
}

// A text with its length before it, of so many bytes.
static bool take_text(struct input *input, size_t length_bytes, struct slice *text) {
    const uint8_t *length = take(input, length_bytes);
    if (length == NULL) {
        return false;
    }
    text->length = length_bytes == 1 ? length[0] : (size_t)length[0] << 8 | length[1];
    text->text = (const char *)take(input, text->length);
    return text->text != NULL;
}

static bool take_path(struct input *input, uint64_t index, uint64_t size, struct merkle_path *path) {
    path->length = merkle_path_length(index, size);
    return path->length <= MERKLE_LEVELS_MAX && take_copy(input, path->hashes, path->length * HASH_BYTES);
}

static bool refuse(struct error *error, const char *what) {
    return error_set(error, ERROR_BAD_FORM, "the code: %s", what);
}

static bool take_numbers(struct input *input, struct proof_code *code, struct error *error) {
    uint8_t numbers[4 + 4 + 1 + 8 + 8];
    struct proof *proof = &code->proof;
    if (!take_copy(input, numbers, sizeof numbers) || !take_copy(input, proof->salt, SALT_BYTES) ||
        !take_text(input, 2, &proof->text)) {
        return refuse(error, "is too short");
    }
    uint32_t agency = take_u32(numbers + 4);
    uint64_t index = take_u64(numbers + 17);
    code->agencies = take_u32(numbers);
    proof->count = take_u64(numbers + 9);
    proof->state = numbers[8] == 1 ? ENTRY_FINISHED : ENTRY_CUT;
    if (code->agencies < 1 || code->agencies > AGENCIES_MAX || agency < 1 || agency > code->agencies ||
        numbers[8] > 1 || index >= proof->count) {
        return refuse(error, "has an agency, a state or a bet that there is not");
    }
    if (!bet_text_parse(proof->text, &proof->bet, error)) {
        return false;
    }
    proof->agency.index = agency;
    return (proof->bet.agency == agency && proof->bet.index == index) ||
           refuse(error, "has a bet of another agency or index than it says");
}

static bool take_signature(struct input *input, struct proof_code *code, struct error *error) {
    if (!take_text(input, 1, &code->key_name) || !take_copy(input, code->key_id, KEY_ID_BYTES) ||
        !take_copy(input, code->signature, SIGNATURE_BYTES)) {
        return refuse(error, "is too short");
    }
    if (input->at != input->end) {
        return refuse(error, "is too long");
    }
    return vkey_name_is_valid(code->key_name) || refuse(error, "has a key's name that no key has");
}

bool proof_code_parse(const uint8_t *bytes, size_t length, struct proof_code *code, struct error *error) {
    struct input input = {bytes, bytes + length};
    const uint8_t *version = take(&input, 1);
    *code = (struct proof_code){0};
    if (length > PROOF_CODE_BYTES_MAX || version == NULL || *version != VERSION) {
        return refuse(error, "is not one of format 1");
    }
    if (!take_text(&input, 1, &code->origin) || !origin_is_valid(code->origin)) {
        return refuse(error, "has no origin, NAME/DRAW");
    }
    struct proof *proof = &code->proof;
    if (!take_numbers(&input, code, error)) {
        return false;
    }
    if (!take_path(&input, proof->bet.index, proof->count, &proof->path) ||
        !take_path(&input, proof->agency.index, (uint64_t)code->agencies + 1, &proof->agency.path)) {
        return refuse(error, "is too short");
    }
    return take_signature(&input, code, error);
}

bool proof_code_seal(const struct proof_code *code, struct checkpoint *seal, struct error *error) {
    const struct proof *proof = &code->proof;
    struct agency_entry entry = {code->origin, proof->bet.agency, proof->state, proof->count, {{0}}};
    struct hash leaf;
    if (!proof_root(proof, &entry.root, error)) {
        return false;
    }
    agency_entry_leaf(&entry, &leaf);
    seal->origin = code->origin;
    seal->size = (uint64_t)code->agencies + 1;
    return merkle_path_root(&proof->agency.path, entry.agency, seal->size, &leaf, &seal->root) ||
           error_set(error, ERROR_FALSE_CLAIM, "the code: the path is not that of its agency");
}

bool proof_code_check(const struct proof_code *code, const struct vkey *key, struct slice origin,
                      struct checkpoint *seal, struct error *error) {
    char text[CHECKPOINT_BYTES_MAX];
    if (!proof_code_seal(code, seal, error)) {
        return false;
    }
    if (origin.text != NULL && !slice_equal(origin, seal->origin)) {
        return error_set(error, ERROR_FALSE_CLAIM, "the code: is of another draw");
    }
    if (!slice_is(code->key_name, key->name) || memcmp(code->key_id, key->id, KEY_ID_BYTES) != 0) {
        return error_set(error, ERROR_FALSE_CLAIM, "the code: is not signed by %s", key->name);
    }
    struct error reason;
    return vkey_verify(key, text, checkpoint_write(seal, text), code->signature, &reason) ||
           error_set(error, reason.code, "the code: %s", reason.text);
}
