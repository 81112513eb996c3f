#include "seal/salt.h"

#include "seal/big_endian.h"
#include "seal/limits.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

static const char secret_label[] = "quiniela secret v1\n";
static const char agency_label[] = "quiniela agency key v1\n";
static const char salt_label[] = "quiniela salt v1\n";
enum { INDEX_AT = sizeof salt_label - 1 }; // of a bet's index, 8 bytes, in the message of its salt
static const char receipt_label[] = "quiniela receipt v1\n";

void secret_hash(const uint8_t secret[SECRET_BYTES], struct hash *hash) {
    struct hasher hasher;
    hasher_begin(&hasher);
    hasher_add(&hasher, secret_label, sizeof secret_label - 1);
    hasher_add(&hasher, secret, SECRET_BYTES);
    hasher_end(&hasher, hash);
}

void agency_key_make(const uint8_t secret[SECRET_BYTES], struct slice origin, uint32_t agency,
                     uint8_t key[AGENCY_KEY_BYTES]) {
    char message[sizeof agency_label + ORIGIN_BYTES_MAX + 16];
    assert(origin.length <= ORIGIN_BYTES_MAX);
    int length = snprintf(message, sizeof message, "%s%.*s\n%" PRIu32, agency_label, (int)origin.length,
                          origin.text, agency);
    struct hmac_key hmac;
    struct hash hash;
    hmac_key_set(&hmac, secret, SECRET_BYTES);
    hmac_of(&hmac, message, (size_t)length, NULL, 0, &hash);
    memcpy(key, hash.bytes, AGENCY_KEY_BYTES);
    explicit_bzero(&hmac, sizeof hmac);
}

void salts_begin(struct salts *salts, const uint8_t key[AGENCY_KEY_BYTES]) {
    hmac_key_set(&salts->key, key, AGENCY_KEY_BYTES);
    memcpy(salts->message, salt_label, INDEX_AT);
    hash_pad(salts->message, INDEX_AT + 8, HASH_BLOCK_BYTES);
}

static void make(const struct salts *salts, const char *label, size_t label_length, const uint8_t *numbers,
                 size_t length, uint8_t salt[SALT_BYTES]) {
    struct hash hash;
    hmac_of(&salts->key, label, label_length, numbers, length, &hash);
    memcpy(salt, hash.bytes, SALT_BYTES);
}

void salts_of_bets(const struct salts *salts, uint64_t first, size_t count, uint8_t (*made)[SALT_BYTES]) {
    uint8_t blocks[HASHES_TOGETHER][HASH_BLOCK_BYTES];
    struct hash hashes[HASHES_TOGETHER];
    assert(count <= HASHES_TOGETHER);
    for (size_t i = 0; i < count; i++) {
        memcpy(blocks[i], salts->message, HASH_BLOCK_BYTES);
        put_u64(blocks[i] + INDEX_AT, first + i);
    }
    hmac_of_each(&salts->key, (const uint8_t(*)[HASH_BLOCK_BYTES])blocks, count, hashes);
    for (size_t i = 0; i < count; i++) {
        memcpy(made[i], hashes[i].bytes, SALT_BYTES);
    }
}

void salt_of_bet(const struct salts *salts, uint64_t index, uint8_t salt[SALT_BYTES]) {
    salts_of_bets(salts, index, 1, (uint8_t(*)[SALT_BYTES])salt);
}

void salt_of_receipt(const struct salts *salts, uint64_t first, uint64_t count, uint8_t nonce[SALT_BYTES]) {
    uint8_t numbers[16];
    put_u64(numbers, first);
    put_u64(numbers + 8, count);
    make(salts, receipt_label, sizeof receipt_label - 1, numbers, sizeof numbers, nonce);
}
