// The proof of a bet leads to the seal, and nothing like it does.
#include "seal_flips.h"
#include "seal_story.h"

#include "seal/proof_code.h"

#include <stdio.h>

static int begin(void **state) {
    *state = seal_small();
    return 0;
}

static int end(void **state) {
    seal_end(*state);
    return 0;
}

static bool check(void *context, struct slice text, struct error *error) {
    struct sealed *sealed = context;
    static struct proof proof;
    struct checkpoint seal;
    return proof_parse(text, &proof, error) &&
           proof_check(&proof, signing_key_public(sealed->server), slice_of(SMALL_ORIGIN), &seal, error);
}

static void every_bit_counts(void **state) {
    struct sealed *sealed = *state;
    char text[PROOF_BYTES_MAX];
    struct slice proof = {text, seal_proof_text(sealed, 5, 1, text)};
    assert_int_equal(assert_flips_refused(proof, check, sealed), 3752);
    assert_lengths_refused(proof, check, sealed);
    proof.length = seal_proof_text(sealed, 1, 0, text); // with characters of two bytes
    assert_flips_refused(proof, check, sealed);
}

static void every_bet_has_one(void **state) {
    struct sealed *sealed = *state;
    for (uint32_t agency = 1; agency <= SMALL_AGENCIES; agency++) {
        for (uint64_t index = 0; index < merkle_tree_count(&sealed->trees[agency]); index++) {
            char text[PROOF_BYTES_MAX];
            struct error error;
            struct slice proof = {text, seal_proof_text(sealed, agency, index, text)};
            if (!check(sealed, proof, &error)) {
                fail_msg("agency %d, bet %d: %s", (int)agency, (int)index, error.text);
            }
        }
    }
}

// Asserts that the proof of bet 1 of agency 5, with `from` replaced by `to`, is refused with this text.
static void expect_bad(struct sealed *sealed, const char *from, const char *to, const char *why) {
    char text[PROOF_BYTES_MAX], changed[PROOF_BYTES_MAX];
    struct draft draft;
    struct error error;
    size_t length = seal_proof_text(sealed, 5, 1, text);
    const char *at = memmem(text, length, from, strlen(from));
    assert_non_null(at);
    size_t before = (size_t)(at - text), after = before + strlen(from);
    draft_begin(&draft, changed, sizeof changed);
    draft_add(&draft, (struct slice){text, before});
    draft_add(&draft, slice_of(to));
    draft_add(&draft, (struct slice){text + after, length - after});
    if (check(sealed, draft_text(&draft), &error)) {
        fail_msg("taken: \"%s\" instead of \"%s\"", to, from);
    }
    assert_string_equal(error.text, why);
}

static void what_is_wrong_is_said(void **state) {
    struct sealed *sealed = *state;
    static const char not_sealed[] =
        "the proof does not lead to the seal: what it says of agency 5 is not sealed";
    expect_bad(sealed, "proof v1", "proof v2",
               "the proof, line 1: is \"quiniela proof v2\" instead of \"quiniela proof v1\"");
    expect_bad(sealed, "salt ", "salt\t",
               "the proof, line 2: is \"salt?WAo7+eezFg9tpZaUmeV3+Q==\" instead of \"salt …\"");
    expect_bad(sealed, "==\n", "=\n", "the proof, line 2: salt: is no base64 of 16 bytes");
    expect_bad(sealed, "finished", "Finished", "the proof, line 3: state: is neither finished nor cut");
    expect_bad(sealed, "finished", "cut", not_sealed);
    expect_bad(sealed, "count 2", "count 02",
               "the proof, line 4: count: \"02\" is no decimal number from 1 to 18446744073709551615");
    expect_bad(sealed, "count 2", "count 3", "the proof's path is not that of bet 1 of an agency with 3");
    expect_bad(sealed, "count 2", "count 1", "the proof's path is not that of bet 1 of an agency with 1");
    expect_bad(sealed, "5,1,x", "5,0,x", not_sealed);
    expect_bad(sealed, "5,1,x", "4,1,x", "the proof is of another draw or agency than its entry");
    expect_bad(sealed, "5,1,x", "5,01,x",
               "the proof, line 5: the bet does not begin with its agency and index, \"5,0,\"");
    expect_bad(sealed, "9999", "10000", "the proof, line 5: the bet is none: numero: is not from 0 to 9999");
    expect_bad(sealed, "9999\n", "9999\n\n",
               "the proof, line 7: is \"JOTtwOV5nMSE+fAIKpNzbTOUqZ/L6UHSopEKMZkEE4Q=\" instead of "
               "\"c2sp.org/tlog-proof@v1\"");
    expect_bad(sealed, "index 5", "index 4", "the proof is of another draw or agency than its entry");
    expect_bad(sealed, "/2026-11-25\n6\n", "/2026-11-25\n7\n",
               "the proof's seal: the signature of lottery.example/central is wrong");
    expect_bad(sealed, "/2026-11-25\n6\n", "/2026-11-26\n6\n",
               "the proof's seal: the signature of lottery.example/central is wrong");
}

static void other_draws_and_keys(void **state) {
    struct sealed *sealed = *state;
    char text[PROOF_BYTES_MAX];
    struct proof proof;
    struct checkpoint seal;
    struct error error;
    struct slice bytes = {text, seal_proof_text(sealed, 5, 1, text)};
    assert_true(proof_parse(bytes, &proof, &error));
    assert_true(proof_check(&proof, signing_key_public(sealed->server), (struct slice){0}, &seal, &error));
    assert_int_equal(seal.size, SMALL_AGENCIES + 1);
    assert_false(proof_check(&proof, signing_key_public(sealed->server), slice_of("a/b"), &seal, &error));
    assert_string_equal(error.text, "the proof is of another draw, lottery.example/central/2026-11-25");
    assert_false(proof_check(&proof, signing_key_public(sealed->approver), (struct slice){0}, &seal, &error));
    assert_error(&error, ERROR_FALSE_CLAIM);
}

// An agency's proof of its entry, without a bet.
static void an_agencys_entry(void **state) {
    struct sealed *sealed = *state;
    struct tlog_proof proof = {.index = 2, .note = seal_note(sealed)}, read;
    struct agency_entry entry = {.agency = 2, .state = ENTRY_CUT};
    struct checkpoint seal;
    struct draft draft;
    struct error error;
    char room[PROOF_BYTES_MAX];
    merkle_empty(&entry.root);
    merkle_tree_path(&sealed->trees[0], 2, SMALL_AGENCIES + 1, &proof.path);
    draft_begin(&draft, room, sizeof room);
    tlog_proof_put(&draft, &proof);
    assert_true(tlog_proof_parse(draft_text(&draft), &read, &error));
    const struct vkey *key = signing_key_public(sealed->server);
    assert_true(tlog_proof_check(&read, key, slice_of(SMALL_ORIGIN), &entry, &seal, &error));
    entry.state = ENTRY_FINISHED;
    assert_false(tlog_proof_check(&read, key, slice_of(SMALL_ORIGIN), &entry, &seal, &error));
    entry.state = ENTRY_CUT;
    entry.origin = slice_of("a/b");
    assert_false(tlog_proof_check(&read, key, (struct slice){0}, &entry, &seal, &error));
    // The entry of an agency is not that of the draw, and the other way round.
    struct draw_entry draw = {slice_of(SMALL_ORIGIN), sealed->rules->hash, SMALL_AGENCIES, 6}, parsed;
    struct agency_entry other;
    char text[DRAW_ENTRY_BYTES_MAX];
    struct slice bytes = {text, draw_entry_write(&draw, text)};
    assert_true(draw_entry_parse(bytes, &parsed, &error) && parsed.bets == 6 &&
                parsed.agencies == SMALL_AGENCIES);
    assert_false(agency_entry_parse(bytes, &other, &error));
    entry.origin = slice_of(SMALL_ORIGIN);
    bytes.length = agency_entry_write(&entry, text);
    assert_true(agency_entry_parse(bytes, &other, &error) && other.agency == 2 && other.state == ENTRY_CUT);
    assert_false(draw_entry_parse(bytes, &parsed, &error));
}

static void long_texts(void **state) {
    (void)state;
    static char text[PROOF_BYTES_MAX + 1];
    struct proof proof;
    struct error error;
    memset(text, 'a', sizeof text);
    assert_false(proof_parse((struct slice){text, sizeof text}, &proof, &error));
    assert_string_equal(error.text, "the proof: has more than 16384 bytes");
    struct draft draft;
    draft_begin(&draft, text, sizeof text);
    draft_print(
        &draft,
        "quiniela proof v1\nsalt AAAAAAAAAAAAAAAAAAAAAA==\nstate cut\ncount 1\n1,0,a,b,1,2000-01-01,0\n");
    for (int i = 0; i <= MERKLE_LEVELS_MAX; i++) {
        draft_print(&draft, "AJ4ecKAKW/OwfG03nwYIrXCyVWtaMQgQZBI+MSEA6FI=\n");
    }
    assert_false(proof_parse(draft_text(&draft), &proof, &error));
    assert_string_equal(error.text, "the proof, line 70: is one more hash than any path has");
}

// QR codes -------------------------------------------------------------------------------------------------

static bool check_code(void *context, struct slice bytes, struct error *error) {
    struct sealed *sealed = context;
    static struct proof_code code;
    struct checkpoint seal;
    return proof_code_parse((const uint8_t *)bytes.text, bytes.length, &code, error) &&
           proof_code_check(&code, signing_key_public(sealed->server), slice_of(SMALL_ORIGIN), &seal, error);
}

static struct slice make_code(struct sealed *sealed, uint32_t agency, uint64_t index,
                              uint8_t bytes[PROOF_CODE_BYTES_MAX]) {
    char text[TEXT_BYTES_MAX];
    struct proof proof;
    struct error error;
    size_t length;
    seal_proof(sealed, agency, index, text, &proof);
    assert_true(proof_code_write(&proof, signing_key_public(sealed->server), bytes, &length, &error));
    return (struct slice){(const char *)bytes, length};
}

static void codes(void **state) {
    struct sealed *sealed = *state;
    uint8_t bytes[PROOF_CODE_BYTES_MAX], again[PROOF_CODE_BYTES_MAX];
    static char text[PROOF_CODE_TEXT_BYTES];
    size_t length;
    struct slice code = make_code(sealed, 5, 1, bytes);
    assert_flips_refused(code, check_code, sealed);
    assert_lengths_refused(code, check_code, sealed);
    struct slice written = {text, base32_encode(code.text, code.length, text)};
    assert_true(base32_decode(written, again, sizeof again, &length));
    assert_true(slice_equal((struct slice){(const char *)again, length}, code));
    // Version, origin, numbers, salt, TEXT, a hash of the one path and three of the other, key, signature.
    assert_int_equal(code.length, 1 + 1 + 34 + 25 + 16 + 2 + 25 + 32 + 2 * 32 + 1 + 23 + 4 + 64);
    assert_flips_refused(make_code(sealed, 4, 0, bytes), check_code, sealed); // of an agency that was cut
}

// Byte by byte, as the specification has it.
static void the_bytes_of_a_code(void **state) {
    struct sealed *sealed = *state;
    uint8_t bytes[PROOF_CODE_BYTES_MAX];
    static const char wanted[] = "01"
                                 "22"
                                 "6c6f74746572792e6578616d706c652f63656e7472616c2f323032362d31312d3235"
                                 "00000005"
                                 "00000005"
                                 "01"
                                 "0000000000000002"
                                 "0000000000000001"
                                 "580a3bf9e7b3160f6da5969499e577f9"
                                 "0019"
                                 "352c312c782c792c322c323030302d30312d30312c39393939"
                                 "24e4edc0e5799cc484f9f0082a93736d3394a99fcbe941d2a2910a3199041384";
    static const char wanted_end[] = "17"
                                     "6c6f74746572792e6578616d706c652f63656e7472616c"
                                     "ceca6345";
    char hex[HEX_TEXT_BYTES(PROOF_CODE_BYTES_MAX)];
    struct slice code = make_code(sealed, 5, 1, bytes);
    hex_encode(code.text, code.length, hex);
    assert_memory_equal(hex, wanted, sizeof wanted - 1);
    const char *end_of = hex + 2 * (code.length - SIGNATURE_BYTES) - (sizeof wanted_end - 1);
    assert_memory_equal(end_of, wanted_end, sizeof wanted_end - 1);
    assert_int_equal(end_of - hex - (long)(sizeof wanted - 1),
                     2 * 2 * HASH_BYTES); // the path in the draw tree
}

static void codes_of_wrong_proofs(void **state) {
    struct sealed *sealed = *state;
    uint8_t bytes[PROOF_CODE_BYTES_MAX];
    char text[TEXT_BYTES_MAX];
    struct proof proof;
    struct error error;
    size_t length;
    seal_proof(sealed, 5, 1, text, &proof);
    proof.salt[0] ^= 1;
    assert_false(proof_code_write(&proof, signing_key_public(sealed->server), bytes, &length, &error));
    assert_error(&error, ERROR_FALSE_CLAIM);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_bit_counts),
        cmocka_unit_test(every_bet_has_one),
        cmocka_unit_test(what_is_wrong_is_said),
        cmocka_unit_test(other_draws_and_keys),
        cmocka_unit_test(an_agencys_entry),
        cmocka_unit_test(long_texts),
        cmocka_unit_test(codes),
        cmocka_unit_test(codes_of_wrong_proofs),
        cmocka_unit_test(the_bytes_of_a_code),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
