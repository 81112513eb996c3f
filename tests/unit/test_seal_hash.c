// Two blocks that are hashed at once give what each gives by itself.
#include "cmocka_all.h"

#include "base/random.h"
#include "seal/hash.h"
#include "seal/hash_pair.h"

static void fill(uint64_t *random, void *bytes, size_t length) {
    for (size_t i = 0; i < length; i++) {
        ((uint8_t *)bytes)[i] = (uint8_t)random_next(random);
    }
}

static void assert_same(const SHA256_CTX *one, const SHA256_CTX *other) {
    assert_memory_equal(one->h, other->h, sizeof one->h);
}

// FIPS 180-4's own example, and a second block after it.
static void the_standard_s_example(void **state) {
    (void)state;
    static const uint8_t expected[HASH_BYTES] = {
        0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea, 0x41, 0x41, 0x40, 0xde, 0x5d, 0xae, 0x22, 0x23,
        0xb0, 0x03, 0x61, 0xa3, 0x96, 0x17, 0x7a, 0x9c, 0xb4, 0x10, 0xff, 0x61, 0xf2, 0x00, 0x15, 0xad};
    uint8_t blocks[2][HASH_BLOCK_BYTES] = {"abc", ""};
    struct hash hashes[2];
    const struct hash_message messages[2] = {{blocks[0], hash_pad(blocks[0], 3, 0)},
                                             {blocks[1], hash_pad(blocks[1], 0, 0)}};
    hash_of_each(HASH_BEGUN, messages, 2, hashes);
    assert_memory_equal(hashes[0].bytes, expected, sizeof expected);
    hash_of("", 0, &hashes[0]);
    assert_true(hash_equal(&hashes[0], &hashes[1]));
}

// From any state, wherever in memory the blocks lie.
static void any_two_blocks(void **state) {
    (void)state;
    uint64_t random = 17;
    for (int round = 0; round < 20000; round++) {
        uint8_t bytes[2][HASH_BLOCK_BYTES + 16];
        const uint8_t *blocks[2] = {bytes[0] + round % 16, bytes[1] + round / 16 % 16};
        SHA256_CTX made[2], expected[2];
        fill(&random, bytes, sizeof bytes);
        fill(&random, made, sizeof made);
        memcpy(expected, made, sizeof made);
        for (int i = 0; i < 2; i++) {
            SHA256_Transform(&expected[i], blocks[i]);
        }
        hash_pair(&made[0], blocks[0], &made[1], blocks[1]);
        assert_same(&made[0], &expected[0]);
        assert_same(&made[1], &expected[1]);
    }
}

// As when both messages begin with the same.
static void one_block_for_both(void **state) {
    (void)state;
    uint64_t random = 1;
    uint8_t block[HASH_BLOCK_BYTES];
    SHA256_CTX made[2], expected[2];
    fill(&random, block, sizeof block);
    fill(&random, made, sizeof made);
    memcpy(expected, made, sizeof made);
    SHA256_Transform(&expected[0], block);
    SHA256_Transform(&expected[1], block);
    hash_pair(&made[0], block, &made[1], block);
    assert_same(&made[0], &expected[0]);
    assert_same(&made[1], &expected[1]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_standard_s_example),
        cmocka_unit_test(any_two_blocks),
        cmocka_unit_test(one_block_for_both),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
