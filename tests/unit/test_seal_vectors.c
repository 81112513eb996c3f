// A sealed draw has the bytes that the specification gives, whoever computes them.
#include "seal_story.h"

#include "seal/beacon_number.h"
#include "seal/big_endian.h"

static int begin(void **state) {
    *state = seal_small();
    return 0;
}

static int end(void **state) {
    seal_end(*state);
    return 0;
}

static void keys(void **state) {
    struct sealed *sealed = *state;
    char text[VKEY_TEXT_BYTES];
    vkey_format(signing_key_public(sealed->server), text);
    assert_string_equal(text,
                        "lottery.example/central+ceca6345+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4");
}

static void the_rules(void **state) {
    struct sealed *sealed = *state;
    expect_hex(sealed->rules->hash.bytes, HASH_BYTES,
               "df27191671ea15868b37ae8426c72112ed58ce29233ea2c39f5dcc6e194d90cc");
}

static void salts_and_leaves(void **state) {
    struct sealed *sealed = *state;
    uint8_t key[AGENCY_KEY_BYTES], salt[SALT_BYTES];
    struct salts salts;
    agency_key_make(sealed->secret, slice_of(SMALL_ORIGIN), 5, key);
    expect_hex(key, sizeof key, "3f0863d1a58c1cd8bd22a23fa19dd57e1c440ff2e459b05b21f20a093da7f127");
    salts_begin(&salts, key);
    salt_of_bet(&salts, 0, salt);
    expect_hex(salt, sizeof salt, "5a354996e482f0452e414b50d4d440a3");
    salt_of_bet(&salts, 1, salt);
    expect_hex(salt, sizeof salt, "580a3bf9e7b3160f6da5969499e577f9");
    const struct hash *leaves = sealed->trees[5].levels[0].nodes;
    expect_hex(leaves[0].bytes, HASH_BYTES,
               "24e4edc0e5799cc484f9f0082a93736d3394a99fcbe941d2a2910a3199041384");
    expect_hex(leaves[1].bytes, HASH_BYTES,
               "44d6af5bb31803a9ad67869e64fa2c2abf41ccb1c57f6348685d8e400b2d884f");
}

static void roots(void **state) {
    struct sealed *sealed = *state;
    struct hash root;
    merkle_tree_root(&sealed->trees[1], 3, &root);
    expect_hex(root.bytes, HASH_BYTES, "d7d71ddb4135c3aa2fb5a4cc6326c5711890d12e0645bf8f87b95282dc09a26a");
    merkle_tree_root(&sealed->trees[5], 2, &root);
    expect_hex(root.bytes, HASH_BYTES, "2f23981ac3f3476c168bbb6db4806b605d0d449c7b6fe7ef2b0ae4232a450b05");
}

static void the_seal(void **state) {
    struct sealed *sealed = *state;
    const char *expected =
        "lottery.example/central/2026-11-25\n6\nAJ4ecKAKW/OwfG03nwYIrXCyVWtaMQgQZBI+MSEA6FI=\n\n"
        "\xE2\x80\x94 lottery.example/central "
        "zspjRV8TeXHZm08921eys9ZygIDQZOPLLxQfRIrjNdYra/ruhpTRpjWEeuNe4hTsnJfugqZGceiINZKCuMA474/f1Qo=\n";
    sealed->note[sealed->note_length] = '\0';
    assert_string_equal(sealed->note, expected);
    expect_hex(sealed->hash.bytes, HASH_BYTES,
               "bdcfe9494cbb8dd1220a392f46fdbd9940635ecd7250bb0fe9a0643e949ea4be");
}

static void the_proof(void **state) {
    struct sealed *sealed = *state;
    char text[PROOF_BYTES_MAX];
    size_t length = seal_proof_text(sealed, 5, 1, text);
    struct hash hash;
    assert_int_equal(length, 469);
    hash_of(text, length, &hash);
    expect_hex(hash.bytes, HASH_BYTES, "901d0aa289508ae9aede714bb2c55d839b980f99b0f3cedd3281165c88f71c60");
}

// Numbers: the derivation, with outputs of NIST's pulse and of drand. --------------------------------------

static const char pulse_output[] = "274e031530b2c773494ebfd9827df4b20bf83b65bcfc5107b97d7c307713e2ff"
                                   "b80c8fd3b7028f457783e88bb07bbd2bc190bc42ba3f56ba2e2f74e04d4e5e98";
static const char drand_randomness[] = "fe290beca10872ef2fb164d2aa4442de4566183ec51c56ff3cd603d930e54fdd";

static void expect_number(const struct sealed *sealed, const uint8_t *output, size_t length, uint32_t word,
                          uint32_t number) {
    struct hash key;
    beacon_key_make(&sealed->hash, output, length, &key);
    assert_int_equal(beacon_word(&key, 0), word);
    assert_int_equal(beacon_number(&key, SEAL_NUMBERS), number);
}

static void numbers(void **state) {
    struct sealed *sealed = *state;
    uint8_t both[BEACON_OUTPUT_BYTES + HASH_BYTES];
    assert_true(hex_decode_exactly(slice_of(pulse_output), both, BEACON_OUTPUT_BYTES));
    assert_true(hex_decode_exactly(slice_of(drand_randomness), both + BEACON_OUTPUT_BYTES, HASH_BYTES));
    expect_number(sealed, both, BEACON_OUTPUT_BYTES, 0xec81df8a, 4346);
    expect_number(sealed, both + BEACON_OUTPUT_BYTES, HASH_BYTES, 0x5b4bed00, 2528);
    expect_number(sealed, both, sizeof both, 0x92aff756, 5654);
}

static void a_word_that_is_rejected(void **state) {
    struct sealed *sealed = *state;
    uint8_t seed[4];
    struct hash randomness, key;
    put_u32(seed, 492323);
    hash_of(seed, sizeof seed, &randomness);
    expect_number(sealed, randomness.bytes, HASH_BYTES, 0xfffff413, 5726);
    beacon_key_make(&sealed->hash, randomness.bytes, HASH_BYTES, &key);
    assert_int_equal(beacon_word(&key, 1), 0x551d2e2e);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys),
        cmocka_unit_test(the_rules),
        cmocka_unit_test(salts_and_leaves),
        cmocka_unit_test(roots),
        cmocka_unit_test(the_seal),
        cmocka_unit_test(the_proof),
        cmocka_unit_test(numbers),
        cmocka_unit_test(a_word_that_is_rejected),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
