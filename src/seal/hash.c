#include "seal/hash.h"

#include <stdio.h>
#include <stdlib.h>

// What the library answers with 0 only when it is given nonsense.
static void must(int done) {
    if (done != 1) {
        (void)fputs("libcrypto: a hash could not be computed\n", stderr);
        abort();
    }
}

static void update(SHA256_CTX *context, const void *bytes, size_t length) {
    if (length > 0) {
        must(SHA256_Update(context, bytes, length));
    }
}

void hasher_begin(struct hasher *hasher) {
    must(SHA256_Init(&hasher->context));
}

void hasher_add(struct hasher *hasher, const void *bytes, size_t length) {
    update(&hasher->context, bytes, length);
}

void hasher_end(struct hasher *hasher, struct hash *hash) {
    must(SHA256_Final(hash->bytes, &hasher->context));
}

void hash_of(const void *bytes, size_t length, struct hash *hash) {
    struct hasher hasher;
    hasher_begin(&hasher);
    hasher_add(&hasher, bytes, length);
    hasher_end(&hasher, hash);
}

void long_hash_of(const void *bytes, size_t length, uint8_t hash[LONG_HASH_BYTES]) {
    long_hash_of_two(bytes, length, NULL, 0, hash);
}

void long_hash_of_two(const void *one, size_t one_length, const void *other, size_t other_length,
                      uint8_t hash[LONG_HASH_BYTES]) {
    SHA512_CTX context;
    must(SHA512_Init(&context));
    if (one_length > 0) {
        must(SHA512_Update(&context, one, one_length));
    }
    if (other_length > 0) {
        must(SHA512_Update(&context, other, other_length));
    }
    must(SHA512_Final(hash, &context));
}

void hmac_key_set(struct hmac_key *key, const void *bytes, size_t length) {
    uint8_t block[SHA256_CBLOCK] = {0};
    if (length > sizeof block) {
        struct hash hash;
        hash_of(bytes, length, &hash);
        memcpy(block, hash.bytes, sizeof hash.bytes);
    } else if (length > 0) {
        memcpy(block, bytes, length);
    }
    for (size_t i = 0; i < sizeof block; i++) {
        block[i] ^= 0x36;
    }
    must(SHA256_Init(&key->inner));
    update(&key->inner, block, sizeof block);
    for (size_t i = 0; i < sizeof block; i++) {
        block[i] ^= 0x36 ^ 0x5c;
    }
    must(SHA256_Init(&key->outer));
    update(&key->outer, block, sizeof block);
    explicit_bzero(block, sizeof block);
}

void hmac_of(const struct hmac_key *key, const void *one, size_t one_length, const void *other,
             size_t other_length, struct hash *hash) {
    SHA256_CTX context = key->inner;
    update(&context, one, one_length);
    update(&context, other, other_length);
    must(SHA256_Final(hash->bytes, &context));
    context = key->outer;
    update(&context, hash->bytes, sizeof hash->bytes);
    must(SHA256_Final(hash->bytes, &context));
}
