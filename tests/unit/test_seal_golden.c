// What the vectors say of a verifiable draw, right and wrong, is what the program finds.
#include "cmocka_all.h"

#include "bet/bet.h"
#include "bet/chunk.h"
#include "seal/agency_tree.h"
#include "seal/beacon_number.h"
#include "seal/encoding.h"
#include "seal/instant.h"
#include "seal/merkle_path.h"
#include "seal/note.h"
#include "seal/proof.h"
#include "seal/receipt.h"
#include "seal/result.h"
#include "seal/rules_chain.h"
#include "seal_vectors.h"

enum { RECORDS_MAX = 8 };

static struct vkey given_key(void) {
    struct vkey key;
    struct error error;
    must(vkey_parse(given("$.key"), &key, &error), &error);
    return key;
}

// Reads a note, and checks that the key has signed it.
static bool signed_note(struct slice bytes, struct note *note, struct error *error) {
    struct vkey key = given_key();
    return note_parse("the note", bytes, note, error) && note_check(note, &key, error);
}

static void every_key(void **state) {
    (void)state;
    vectors_list(&vectors, "keys");
    while (vectors_next(&vectors)) {
        struct vkey key;
        struct error error;
        if (taken(vkey_parse(given("$.key"), &key, &error), &error)) {
            same_slice("$.expect.name", slice_of(key.name));
            same_number("$.expect.type", key.type);
            same_bytes("$.expect.id", key.id, sizeof key.id);
            same_bytes("$.expect.public_key", key.public_key, sizeof key.public_key);
        }
    }
}

static void every_note(void **state) {
    (void)state;
    vectors_list(&vectors, "notes");
    while (vectors_next(&vectors)) {
        struct note note;
        struct error error;
        if (taken(signed_note(given("$.note"), &note, &error), &error)) {
            same_slice("$.expect.text", note.text);
        }
    }
}

static const char *how_named(enum rules_number how) {
    return how == RULES_FIXED ? "fixed" : how == RULES_MANUAL ? "manual" : "beacon";
}

static struct rules *signed_rules(struct slice bytes, struct error *error) {
    struct note note;
    return signed_note(bytes, &note, error) ? rules_parse(note.text, error) : NULL;
}

static void every_record_of_rules(void **state) {
    (void)state;
    vectors_list(&vectors, "rules");
    while (vectors_next(&vectors)) {
        struct error error;
        struct rules *rules = signed_rules(given("$.note"), &error);
        if (taken(rules != NULL, &error)) {
            char close[INSTANT_TEXT_BYTES] = "-";
            same_slice("$.expect.origin", rules->origin);
            same_bytes("$.expect.hash", rules->hash.bytes, HASH_BYTES);
            same_number("$.expect.record", rules->number);
            same_number("$.expect.agencies", rules->agencies);
            same_slice("$.expect.number", slice_of(how_named(rules->how)));
            if (rules->has_close) {
                instant_format(rules->close, close);
            }
            same_slice("$.expect.close", slice_of(close));
        }
        rules_free(rules);
    }
}

// Reads the records that are given at `path`, one or more. Returns how many.
static size_t read_records(const char *path, struct rules **records) {
    struct error error;
    const char *note;
    size_t count = 0;
    records[0] = NULL;
    for (; (note = vector_item(&vectors, path, count)) != NULL; count++) {
        assert_true(count < RECORDS_MAX);
        records[count] = signed_rules(slice_of(note), &error);
        must(records[count] != NULL, &error);
    }
    if (records[0] == NULL) {
        fail_msg("%s: it has no rules", vectors.about);
        abort();
    }
    return count;
}

static void forget_records(struct rules **records, size_t count) {
    for (size_t i = 0; i < count; i++) {
        rules_free(records[i]);
    }
}

// The key stands in each record.
static void every_chain_of_rules(void **state) {
    (void)state;
    vectors_list(&vectors, "rules_chains");
    while (vectors_next(&vectors)) {
        struct rules *records[RECORDS_MAX];
        const struct rules *newest;
        struct error error;
        size_t count = read_records("$.notes", records);
        if (taken(rules_newest((const struct rules *const *)records, count, &newest, &error), &error)) {
            same_bytes("$.expect.newest", newest->hash.bytes, HASH_BYTES);
        }
        forget_records(records, count);
    }
}

static bool read_path(const char *list, bool is_hex, struct merkle_path *path) {
    const char *text;
    bool is_good = true;
    for (path->length = 0; (text = vector_item(&vectors, list, path->length)) != NULL; path->length++) {
        uint8_t *bytes = path->hashes[path->length].bytes;
        is_good = is_good && (is_hex ? hex_decode_exactly(slice_of(text), bytes, HASH_BYTES)
                                     : base64_decode_exactly(slice_of(text), bytes, HASH_BYTES));
    }
    return is_good;
}

// The digest of the bets that are given, and their number.
static uint64_t digest_bets(struct hash *digest) {
    struct chunk *chunk = chunk_new(8, 1024);
    struct error error;
    const char *bet;
    for (size_t i = 0; (bet = vector_item(&vectors, "$.bets", i)) != NULL; i++) {
        must(chunk_add(chunk, bet, strlen(bet), &error), &error);
    }
    assert_true(chunk_digest(chunk->numbers, chunk->count, chunk->rows, chunk->rows_length, digest->bytes));
    uint64_t count = chunk->count;
    chunk_free(chunk);
    return count;
}

static bool receipt_is_signed(struct slice entry, struct error *error) {
    struct note note;
    struct receipts commit;
    struct merkle_path path;
    return read_path("$.receipt.path", false, &path) && signed_note(given("$.receipt.note"), &note, error) &&
           receipts_parse(note.text, &commit, error) &&
           receipts_hold(&commit, entry, (uint64_t)given_number("$.receipt.index"), &path, error);
}

static bool receipt_is_of_chunk(const struct receipt *receipt, struct slice origin) {
    struct hash digest;
    return slice_equal(receipt->origin, origin) && receipt->agency == given_number("$.agency") &&
           (int64_t)receipt->first == given_number("$.first") && receipt->count == digest_bets(&digest) &&
           hash_equal(&receipt->digest, &digest);
}

static bool knows_rules(struct rules *const *records, size_t count, const struct hash *hash) {
    bool is_known = false;
    for (size_t i = 0; i < count; i++) {
        is_known = is_known || hash_equal(&records[i]->hash, hash);
    }
    return is_known;
}

static void every_receipt(void **state) {
    (void)state;
    vectors_list(&vectors, "receipts");
    while (vectors_next(&vectors)) {
        struct rules *records[RECORDS_MAX];
        struct receipt receipt;
        struct error error = {.text = "it is another chunk's, or no base64"};
        char text[RECEIPT_BYTES_MAX];
        struct slice entry = {text, 0};
        size_t count = read_records("$.rules", records);
        bool holds = base64_decode(given("$.receipt.entry"), text, sizeof text, &entry.length) &&
                     receipt_parse(entry, &receipt, &error) && receipt_is_signed(entry, &error) &&
                     receipt_is_of_chunk(&receipt, records[0]->origin);
        if (taken(holds, &error)) {
            vector_same_number(&vectors, "unknown rules", !knows_rules(records, count, &receipt.rules),
                               vector_number(&vectors, "$.expect.unknown_rules", false));
        }
        forget_records(records, count);
    }
}

static bool read_seal(struct slice bytes, struct checkpoint *seal, struct hash *hash, struct error *error) {
    static struct note note;
    if (!signed_note(bytes, &note, error) || !checkpoint_parse(note.text, seal, error)) {
        return false;
    }
    hash_of(note.text.text, note.text.length, hash);
    return true;
}

static void every_seal(void **state) {
    (void)state;
    vectors_list(&vectors, "seals");
    while (vectors_next(&vectors)) {
        struct rules *records[RECORDS_MAX];
        struct checkpoint seal;
        struct hash hash;
        struct error error = {.text = "it is of another draw"};
        size_t count = read_records("$.rules", records);
        bool holds = read_seal(given("$.note"), &seal, &hash, &error) &&
                     slice_equal(seal.origin, records[0]->origin) && seal.size == records[0]->agencies + 1;
        if (taken(holds, &error)) {
            same_slice("$.expect.origin", seal.origin);
            same_number("$.expect.size", seal.size);
            same_bytes("$.expect.root", seal.root.bytes, HASH_BYTES);
            same_bytes("$.expect.hash", hash.bytes, HASH_BYTES);
        }
        forget_records(records, count);
    }
}

static void every_second_seal(void **state) {
    (void)state;
    vectors_list(&vectors, "second_seals");
    while (vectors_next(&vectors)) {
        struct checkpoint seal;
        struct hash kept, told;
        struct error error;
        must(read_seal(given("$.kept"), &seal, &kept, &error), &error);
        if (taken(read_seal(given("$.note"), &seal, &told, &error), &error)) {
            same_number("$.expect.is_same", hash_equal(&kept, &told));
        }
    }
}

static void every_result(void **state) {
    (void)state;
    vectors_list(&vectors, "results");
    while (vectors_next(&vectors)) {
        struct note note;
        struct result result;
        struct checkpoint seal = {0};
        struct hash hash;
        struct error error;
        must(read_seal(given("$.seal"), &seal, &hash, &error), &error);
        error_set(&error, ERROR_BAD_SETTING, "it is of another seal");
        bool holds = signed_note(given("$.note"), &note, &error) &&
                     result_parse(note.text, &result, &error) && slice_equal(result.origin, seal.origin) &&
                     hash_equal(&result.seal, &hash);
        if (taken(holds, &error)) {
            same_number("$.expect.number", result.number);
            same_number("$.expect.winners", result.winners);
        }
    }
}

static void every_list_of_winners(void **state) {
    (void)state;
    vectors_list(&vectors, "winners");
    while (vectors_next(&vectors)) {
        size_t won = 0;
        const char *text;
        for (size_t i = 0; (text = vector_item(&vectors, "$.bets", i)) != NULL; i++) {
            struct bet bet;
            struct error error;
            must(bet_parse(text, strlen(text), &bet, &error), &error);
            if (bet.number == given_number("$.number")) {
                const char *expected = vector_item(&vectors, "$.expect.winners", won++);
                assert_non_null(expected);
                struct bet_slice document = bet.fields[BET_DOCUMENT];
                assert_true(slice_is((struct slice){document.text, document.length}, expected));
            }
        }
        assert_null(vector_item(&vectors, "$.expect.winners", won));
    }
}

static void every_salt(void **state) {
    (void)state;
    vectors_list(&vectors, "salts");
    while (vectors_next(&vectors)) {
        uint8_t secret[SECRET_BYTES], key[AGENCY_KEY_BYTES], salt[SALT_BYTES], nonce[SALT_BYTES];
        struct salts salts;
        given_bytes("$.secret", secret, sizeof secret);
        agency_key_make(secret, given("$.origin"), (uint32_t)given_number("$.agency"), key);
        salts_begin(&salts, key);
        salt_of_bet(&salts, (uint64_t)given_number("$.index"), salt);
        salt_of_receipt(&salts, (uint64_t)given_number("$.first"), (uint64_t)given_number("$.count"), nonce);
        same_bytes("$.expect.key", key, sizeof key);
        same_bytes("$.expect.salt", salt, sizeof salt);
        same_bytes("$.expect.nonce", nonce, sizeof nonce);
    }
}

static void every_leaf(void **state) {
    (void)state;
    vectors_list(&vectors, "leaves");
    while (vectors_next(&vectors)) {
        uint8_t salt[SALT_BYTES];
        char room[TEXT_BYTES_MAX];
        struct hash leaf;
        given_bytes("$.salt", salt, sizeof salt);
        struct slice text = {room, bet_text_write((uint32_t)given_number("$.agency"),
                                                  (uint64_t)given_number("$.index"), given("$.row"), room)};
        bet_text_leaf(salt, text, &leaf);
        same_slice("$.expect.text", text);
        same_bytes("$.expect.leaf", leaf.bytes, HASH_BYTES);
    }
}

static void every_tree(void **state) {
    (void)state;
    vectors_list(&vectors, "trees");
    while (vectors_next(&vectors)) {
        struct merkle merkle;
        struct hash leaf, root;
        const char *text;
        merkle_begin(&merkle);
        for (size_t i = 0; (text = vector_item(&vectors, "$.entries", i)) != NULL; i++) {
            uint8_t entry[64];
            size_t length = strlen(text) / 2;
            assert_true(hex_decode_exactly(slice_of(text), entry, length));
            merkle_leaf(entry, length, &leaf);
            merkle_add(&merkle, &leaf);
        }
        merkle_root(&merkle, &root);
        same_bytes("$.expect.root", root.bytes, HASH_BYTES);
    }
}

static void every_path(void **state) {
    (void)state;
    vectors_list(&vectors, "paths");
    while (vectors_next(&vectors)) {
        struct merkle_path path;
        struct hash leaf = given_hash("$.leaf"), expected = given_hash("$.root"), root;
        struct error error = {.text = "it leads elsewhere"};
        assert_true(read_path("$.path", true, &path));
        bool holds = merkle_path_root(&path, (uint64_t)given_number("$.index"),
                                      (uint64_t)given_number("$.size"), &leaf, &root) &&
                     hash_equal(&root, &expected);
        (void)taken(holds, &error);
    }
}

static void look_at_draw_entry(void) {
    char text[DRAW_ENTRY_BYTES_MAX];
    struct hash leaf;
    struct draw_entry entry = {given("$.origin"), given_hash("$.rules"), (uint32_t)given_number("$.agencies"),
                               (uint64_t)given_number("$.bets")};
    same_slice("$.expect.entry", (struct slice){text, draw_entry_write(&entry, text)});
    draw_entry_leaf(&entry, &leaf);
    same_bytes("$.expect.leaf", leaf.bytes, HASH_BYTES);
}

static void look_at_agency_entry(void) {
    char text[DRAW_ENTRY_BYTES_MAX];
    uint8_t key[AGENCY_KEY_BYTES];
    struct agency_tree tree;
    struct hash leaf;
    const char *row;
    struct agency_entry entry = {.origin = given("$.origin"), .agency = (uint32_t)given_number("$.agency")};
    assert_true(entry_state_parse(given("$.state"), &entry.state));
    given_bytes("$.salt_key", key, sizeof key);
    agency_tree_begin(&tree, entry.agency, key);
    for (size_t i = 0; (row = vector_item(&vectors, "$.rows", i)) != NULL; i++) {
        agency_tree_add(&tree, slice_of(row), NULL);
    }
    entry.count = tree.merkle.count;
    merkle_root(&tree.merkle, &entry.root);
    same_number("$.count", entry.count);
    same_bytes("$.root", entry.root.bytes, HASH_BYTES);
    same_slice("$.expect.entry", (struct slice){text, agency_entry_write(&entry, text)});
    agency_entry_leaf(&entry, &leaf);
    same_bytes("$.expect.leaf", leaf.bytes, HASH_BYTES);
}

static void every_entry(void **state) {
    (void)state;
    vectors_list(&vectors, "entries");
    while (vectors_next(&vectors)) {
        if (vector_text(&vectors, "$.agencies") != NULL) {
            look_at_draw_entry();
        } else {
            look_at_agency_entry();
        }
    }
}

static void every_proof(void **state) {
    (void)state;
    vectors_list(&vectors, "proofs");
    while (vectors_next(&vectors)) {
        struct proof proof;
        struct checkpoint seal;
        struct error error;
        struct vkey key = given_key();
        if (taken(proof_parse(given("$.proof"), &proof, &error) &&
                      proof_check(&proof, &key, given("$.origin"), &seal, &error),
                  &error)) {
            same_number("$.expect.agency", proof.bet.agency);
            same_number("$.expect.index", proof.bet.index);
            same_number("$.expect.count", proof.count);
            same_number("$.expect.number", proof.bet.number);
            same_slice("$.expect.row", proof.bet.row);
            same_slice("$.expect.state", slice_of(entry_state_name(proof.state)));
        }
    }
}

static void every_number(void **state) {
    (void)state;
    vectors_list(&vectors, "numbers");
    while (vectors_next(&vectors)) {
        uint8_t output[BEACON_OUTPUT_BYTES];
        struct hash seal = given_hash("$.seal"), key;
        struct slice text = given("$.output");
        given_bytes("$.output", output, text.length / 2);
        beacon_key_make(&seal, output, text.length / 2, &key);
        same_number("$.expect.number", beacon_number(&key, SEAL_NUMBERS));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_key),
        cmocka_unit_test(every_note),
        cmocka_unit_test(every_record_of_rules),
        cmocka_unit_test(every_chain_of_rules),
        cmocka_unit_test(every_receipt),
        cmocka_unit_test(every_seal),
        cmocka_unit_test(every_second_seal),
        cmocka_unit_test(every_result),
        cmocka_unit_test(every_list_of_winners),
        cmocka_unit_test(every_salt),
        cmocka_unit_test(every_leaf),
        cmocka_unit_test(every_tree),
        cmocka_unit_test(every_path),
        cmocka_unit_test(every_entry),
        cmocka_unit_test(every_proof),
        cmocka_unit_test(every_number),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
