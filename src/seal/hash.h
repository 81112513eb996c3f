// SHA-256 and SHA-512 (FIPS 180-4), and HMAC-SHA-256 (RFC 2104). None needs memory or can fail, except as a
// program fails whose library is broken: that ends it.
#ifndef QUINIELA_SEAL_HASH_H
#define QUINIELA_SEAL_HASH_H

#ifndef OPENSSL_SUPPRESS_DEPRECATED
#define OPENSSL_SUPPRESS_DEPRECATED // why: bet/chunk.c
#endif
#include <openssl/sha.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { HASH_BYTES = 32, LONG_HASH_BYTES = 64 };

struct hash {
    uint8_t bytes[HASH_BYTES];
};

static inline bool hash_equal(const struct hash *one, const struct hash *other) {
    return memcmp(one->bytes, other->bytes, HASH_BYTES) == 0;
}

// SHA-256 of the bytes.
void hash_of(const void *bytes, size_t length, struct hash *hash);

// SHA-512 of the bytes, and of two pieces of them.
void long_hash_of(const void *bytes, size_t length, uint8_t hash[LONG_HASH_BYTES]);
void long_hash_of_two(const void *one, size_t one_length, const void *other, size_t other_length,
                      uint8_t hash[LONG_HASH_BYTES]);

// SHA-256 piece by piece.
struct hasher {
    SHA256_CTX context;
};

void hasher_begin(struct hasher *hasher);
void hasher_add(struct hasher *hasher, const void *bytes, size_t length);
void hasher_end(struct hasher *hasher, struct hash *hash);

// A key of HMAC-SHA-256 that is used many times: what depends on the key alone is computed once.
struct hmac_key {
    SHA256_CTX inner, outer;
};

void hmac_key_set(struct hmac_key *key, const void *bytes, size_t length);

// The HMAC of a message that comes in two pieces; either may be empty.
void hmac_of(const struct hmac_key *key, const void *one, size_t one_length, const void *other,
             size_t other_length, struct hash *hash);

#endif
