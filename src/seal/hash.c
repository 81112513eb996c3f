#include "seal/hash.h"

#include "seal/big_endian.h"
#include "seal/hash_pair.h"

#include <assert.h>
#include <stdlib.h>

// What the library answers with 0 only when it is given nonsense.
static void must(int done) {
    if (done != 1) {
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

// FIPS 180-4, 5.3.3.
const struct hash_state HASH_BEGUN[1] = {
    {{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19}}};

// A context after `bytes` bytes, which are whole blocks. Its buffer is empty, and not looked at.
static inline void go_on(const struct hash_state *state, size_t bytes, SHA256_CTX *context) {
    memcpy(context->h, state->words, sizeof state->words);
    context->Nl = (SHA_LONG)bytes << 3;
    context->Nh = 0;
    context->num = 0;
    context->md_len = SHA256_DIGEST_LENGTH;
}

size_t hash_pad(uint8_t *blocks, size_t length, size_t before) {
    size_t count = (length + HASH_PADDING_BYTES_MIN + HASH_BLOCK_BYTES - 1) / HASH_BLOCK_BYTES;
    uint8_t *end = blocks + count * HASH_BLOCK_BYTES;
    blocks[length] = 0x80;
    memset(blocks + length + 1, 0, (size_t)(end - 8 - (blocks + length + 1)));
    put_u64(end - 8, (uint64_t)(before + length) * 8);
    return count;
}

// Writes the words as bytes, the most significant first: four at a time, since what is written in small
// pieces and read as a whole soon after makes the processor wait.
static inline void put_words(uint8_t bytes[HASH_BYTES], const SHA_LONG words[HASH_BYTES / 4]) {
    typedef uint16_t halves __attribute__((vector_size(16)));
    for (int i = 0; i < HASH_BYTES; i += (int)sizeof(halves)) {
        halves four;
        memcpy(&four, (const uint8_t *)words + i, sizeof four);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
        four = four << 8 | four >> 8;
        four = __builtin_shufflevector(four, four, 1, 0, 3, 2, 5, 4, 7, 6);
#endif
        memcpy(bytes + i, &four, sizeof four);
    }
}

void hash_of_blocks(const struct hash_state *state, const uint8_t *blocks, size_t count, struct hash *hash) {
    SHA256_CTX context;
    go_on(state, 0, &context);
    must(SHA256_Update(&context, blocks, count * HASH_BLOCK_BYTES));
    put_words(hash->bytes, context.h);
}

// The block of two messages; either may have ended before it.
static inline void add_blocks(const struct hash_message *messages, SHA256_CTX *contexts, size_t block) {
    const size_t at = block * HASH_BLOCK_BYTES;
    if (block < messages[0].count && block < messages[1].count) {
        hash_pair(&contexts[0], messages[0].blocks + at, &contexts[1], messages[1].blocks + at);
    } else if (block < messages[0].count) {
        SHA256_Transform(&contexts[0], messages[0].blocks + at);
    } else if (block < messages[1].count) {
        SHA256_Transform(&contexts[1], messages[1].blocks + at);
    }
}

void hash_of_each(const struct hash_state *state, const struct hash_message *messages, size_t count,
                  struct hash *hashes) {
    SHA256_CTX contexts[HASHES_TOGETHER];
    size_t blocks_max = 0;
    assert(count <= HASHES_TOGETHER);
    for (size_t i = 0; i < count; i++) {
        go_on(state, 0, &contexts[i]);
        blocks_max = messages[i].count > blocks_max ? messages[i].count : blocks_max;
    }
    for (size_t block = 0; block < blocks_max; block++) {
        for (size_t i = 0; i + 1 < count; i += 2) {
            add_blocks(&messages[i], &contexts[i], block);
        }
        if (count % 2 != 0 && block < messages[count - 1].count) {
            SHA256_Transform(&contexts[count - 1], messages[count - 1].blocks + block * HASH_BLOCK_BYTES);
        }
    }
    for (size_t i = 0; i < count; i++) {
        put_words(hashes[i].bytes, contexts[i].h);
    }
}

// The state after one block.
static void begin_with(const uint8_t block[HASH_BLOCK_BYTES], struct hash_state *state) {
    SHA256_CTX context;
    must(SHA256_Init(&context));
    must(SHA256_Update(&context, block, HASH_BLOCK_BYTES));
    memcpy(state->words, context.h, sizeof state->words);
    explicit_bzero(&context, sizeof context);
}

void hmac_key_set(struct hmac_key *key, const void *bytes, size_t length) {
    uint8_t block[HASH_BLOCK_BYTES] = {0};
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
    begin_with(block, &key->inner);
    for (size_t i = 0; i < sizeof block; i++) {
        block[i] ^= 0x36 ^ 0x5c;
    }
    begin_with(block, &key->outer);
    explicit_bzero(block, sizeof block);
}

void hmac_of(const struct hmac_key *key, const void *one, size_t one_length, const void *other,
             size_t other_length, struct hash *hash) {
    SHA256_CTX context;
    go_on(&key->inner, HASH_BLOCK_BYTES, &context);
    update(&context, one, one_length);
    update(&context, other, other_length);
    must(SHA256_Final(hash->bytes, &context));
    go_on(&key->outer, HASH_BLOCK_BYTES, &context);
    update(&context, hash->bytes, sizeof hash->bytes);
    must(SHA256_Final(hash->bytes, &context));
}

void hmac_of_each(const struct hmac_key *key, const uint8_t (*blocks)[HASH_BLOCK_BYTES], size_t count,
                  struct hash *hashes) {
    // The padding of 32 bytes that follow a block: 768 bits.
    static const uint8_t padding[HASH_BLOCK_BYTES] = {[HASH_BYTES] = 0x80, [HASH_BLOCK_BYTES - 2] = 0x03};
    struct hash_message messages[HASHES_TOGETHER];
    uint8_t outer[HASHES_TOGETHER][HASH_BLOCK_BYTES];
    assert(count <= HASHES_TOGETHER);
    if (count == 0) {
        return;
    }
    for (size_t i = 0; i < count; i++) {
        messages[i] = (struct hash_message){blocks[i], 1};
    }
    hash_of_each(&key->inner, messages, count, hashes);
    for (size_t i = 0; i < count; i++) {
        memcpy(outer[i], padding, sizeof outer[i]);
        memcpy(outer[i], hashes[i].bytes, HASH_BYTES);
        messages[i].blocks = outer[i];
    }
    hash_of_each(&key->outer, messages, count, hashes);
}
