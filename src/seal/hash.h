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

// The last blocks of a message, which the caller has laid out with their padding: what many short messages of
// the same form have in common is then written once.
enum { HASH_BLOCK_BYTES = SHA256_CBLOCK, HASH_PADDING_BYTES_MIN = 1 + 8 };

// The SHA-256 after whole blocks.
struct hash_state {
    uint32_t words[HASH_BYTES / 4];
};

extern const struct hash_state HASH_BEGUN[1]; // after none

// Pads the message whose last bytes lie in `blocks`, `length` of them: up to the end of their last block, for
// which there must be room. `before` bytes of the message, whole blocks, came earlier. Returns the number of
// blocks.
size_t hash_pad(uint8_t *blocks, size_t length, size_t before);

// The hash of the message that ends in these blocks.
void hash_of_blocks(const struct hash_state *state, const uint8_t *blocks, size_t count, struct hash *hash);

// Several such messages, side by side: what does not wait for the one before takes a processor a quarter less
// time, and two at once (hash_pair.h) a quarter less again. At most HASHES_TOGETHER of them.
enum { HASHES_TOGETHER = 16 };

struct hash_message {
    const uint8_t *blocks;
    size_t count;
};

void hash_of_each(const struct hash_state *state, const struct hash_message *messages, size_t count,
                  struct hash *hashes);

// A key of HMAC-SHA-256 that is used many times: what depends on the key alone is computed once.
struct hmac_key {
    struct hash_state inner, outer; // after the block that the key makes
};

void hmac_key_set(struct hmac_key *key, const void *bytes, size_t length);

// The HMAC of a message that comes in two pieces; either may be empty.
void hmac_of(const struct hmac_key *key, const void *one, size_t one_length, const void *other,
             size_t other_length, struct hash *hash);

// The HMACs of messages of one block each, padded (with HASH_BLOCK_BYTES before it); `count` is at most
// HASHES_TOGETHER.
void hmac_of_each(const struct hmac_key *key, const uint8_t (*blocks)[HASH_BLOCK_BYTES], size_t count,
                  struct hash *hashes);

#endif
