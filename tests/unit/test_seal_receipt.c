// A receipt holds for one chunk of one commit, and a seal that leaves it out is found.
#include "seal_flips.h"
#include "seal_story.h"

#include "bet/chunk.h"
#include "seal/receipt.h"

enum { TIME = SMALL_CLOSE - 3600 };

static int begin(void **state) {
    *state = seal_small();
    return 0;
}

static int end(void **state) {
    seal_end(*state);
    return 0;
}

static struct receipt make(const struct sealed *sealed, uint32_t agency, uint64_t first, uint64_t count,
                           const uint8_t digest[HASH_BYTES]) {
    struct receipt receipt = {.origin = slice_of(SMALL_ORIGIN),
                              .rules = sealed->rules->hash,
                              .agency = agency,
                              .first = first,
                              .count = count};
    uint8_t key[AGENCY_KEY_BYTES];
    struct salts salts;
    agency_key_make(sealed->secret, receipt.origin, agency, key);
    salts_begin(&salts, key);
    salt_of_receipt(&salts, first, count, receipt.nonce);
    memcpy(receipt.digest.bytes, digest, HASH_BYTES);
    return receipt;
}

// The commit of the specification: three bets of agency 5, and one of agency 2.
struct commit {
    struct receipt receipts[2];
    char entries[2][RECEIPT_BYTES_MAX];
    size_t lengths[2];
    struct merkle_tree tree;
    struct receipts all;
};

static void begin_commit(const struct sealed *sealed, struct commit *commit) {
    static const char row[] = "Ana,N\xC3\xBA\xC3\xB1"
                              "ez,30904465,1999-03-17,7574\n";
    static const uint8_t number[2] = {7574 & 0xFF, 7574 >> 8};
    uint8_t digest[HASH_BYTES];
    struct hash leaf;
    assert_true(hex_decode_exactly(
        slice_of("56689f763986dd8e018fe27862a593a39c956e08d90bc463a985532cfe6fd9f8"), digest, sizeof digest));
    commit->receipts[0] = make(sealed, 5, 0, 3, digest);
    assert_true(chunk_digest(number, 1, row, sizeof row - 1, digest));
    commit->receipts[1] = make(sealed, 2, 0, 1, digest);
    merkle_tree_begin(&commit->tree);
    for (int i = 0; i < 2; i++) {
        commit->lengths[i] = receipt_write(&commit->receipts[i], commit->entries[i]);
        merkle_leaf(commit->entries[i], commit->lengths[i], &leaf);
        assert_true(merkle_tree_add(&commit->tree, &leaf));
    }
    commit->all = (struct receipts){.origin = slice_of(SMALL_ORIGIN), .size = 2, .time = TIME};
    merkle_tree_root(&commit->tree, 2, &commit->all.root);
}

static void the_published_root(void **state) {
    struct commit commit;
    char text[BASE64_TEXT_BYTES(HASH_BYTES)];
    begin_commit(*state, &commit);
    base64_encode(commit.all.root.bytes, HASH_BYTES, text);
    assert_string_equal(text, "m70yQiBTq4bSwxkzjwMHprc6DeFqKToPIQJzazCgKBs=");
    merkle_tree_free(&commit.tree);
}

static bool check(struct commit *commit, int which, uint64_t index, const struct merkle_path *path,
                  struct error *error) {
    struct slice entry = {commit->entries[which], commit->lengths[which]};
    return receipts_hold(&commit->all, entry, index, path, error);
}

static void places(void **state) {
    struct commit commit;
    struct merkle_path path;
    struct error error;
    begin_commit(*state, &commit);
    for (int which = 0; which < 2; which++) {
        merkle_tree_path(&commit.tree, (uint64_t)which, 2, &path);
        for (uint64_t index = 0; index < 4; index++) {
            assert_int_equal(check(&commit, which, index, &path, &error), index == (uint64_t)which);
        }
        assert_false(check(&commit, 1 - which, (uint64_t)which, &path, &error));
        path.length = 0;
        assert_false(check(&commit, which, (uint64_t)which, &path, &error));
        assert_error(&error, ERROR_FALSE_CLAIM);
    }
    merkle_tree_path(&commit.tree, 0, 2, &path);
    commit.all.origin = slice_of(SMALL_NAME "/another");
    assert_false(check(&commit, 0, 0, &path, &error));
    assert_string_equal(error.text, "the receipt is of another draw than its note");
    merkle_tree_free(&commit.tree);
}

struct checked {
    struct commit commit;
    struct sealed *sealed;
    struct merkle_path path;
};

static bool check_entry(void *context, struct slice bytes, struct error *error) {
    struct checked *checked = context;
    return receipts_hold(&checked->commit.all, bytes, 0, &checked->path, error);
}

static bool check_path(void *context, struct slice bytes, struct error *error) {
    struct checked *checked = context;
    memcpy(checked->path.hashes[0].bytes, bytes.text, HASH_BYTES);
    return check(&checked->commit, 0, 0, &checked->path, error);
}

static bool check_note(void *context, struct slice bytes, struct error *error) {
    struct checked *checked = context;
    static struct note note;
    return note_parse("the note", bytes, &note, error) &&
           note_check(&note, signing_key_public(checked->sealed->server), error) &&
           receipts_parse(note.text, &checked->commit.all, error) &&
           check(&checked->commit, 0, 0, &checked->path, error);
}

static void every_bit_counts(void **state) {
    struct checked checked = {.sealed = *state};
    struct commit *commit = &checked.commit;
    struct draft draft;
    struct error error;
    char text[RECEIPT_BYTES_MAX], room[1024];
    const struct signing_key *keys[] = {checked.sealed->server};
    begin_commit(*state, commit);
    merkle_tree_path(&commit->tree, 0, 2, &checked.path);
    assert_flips_refused((struct slice){commit->entries[0], commit->lengths[0]}, check_entry, &checked);
    assert_lengths_refused((struct slice){commit->entries[0], commit->lengths[0]}, check_entry, &checked);
    struct hash hash = checked.path.hashes[0];
    assert_flips_refused((struct slice){(const char *)hash.bytes, HASH_BYTES}, check_path, &checked);
    checked.path.hashes[0] = hash;
    size_t length = receipts_write(&commit->all, text);
    draft_begin(&draft, room, sizeof room);
    assert_true(note_sign(&draft, (struct slice){text, length}, keys, 1, &error));
    assert_flips_refused(draft_text(&draft), check_note, &checked);
    assert_lengths_refused(draft_text(&draft), check_note, &checked);
    merkle_tree_free(&commit->tree);
}

static void a_note_is_no_seal(void **state) {
    struct commit commit;
    struct checkpoint seal;
    struct receipts receipts;
    struct error error;
    struct sealed *sealed = *state;
    char text[RECEIPT_BYTES_MAX];
    begin_commit(sealed, &commit);
    struct slice note = {text, receipts_write(&commit.all, text)};
    assert_true(slice_is(note,
                         "quiniela receipts v1\n" SMALL_ORIGIN
                         "\n2\nm70yQiBTq4bSwxkzjwMHprc6DeFqKToPIQJzazCgKBs=\ntime 2026-11-25T20:00:00Z\n"));
    assert_true(receipts_parse(note, &receipts, &error));
    assert_int_equal(receipts.time, TIME);
    assert_false(checkpoint_parse(note, &seal, &error));
    assert_string_equal(error.text, "the seal, line 1: \"quiniela receipts v1\" is no origin, NAME/DRAW");
    assert_false(receipts_parse(seal_text(sealed), &receipts, &error));
    merkle_tree_free(&commit.tree);
}

static void bad_entries(void **state) {
    (void)state;
    static const char *const bad[] = {
        "0 0 1",  "10000001 0 1", "1 00 1", "1 0  1", "1 18446744073709551615 1",
        "1 -1 1", "1 0",          "a 0 1",  "1 0 1 "};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        char text[512];
        struct receipt receipt;
        struct error error;
        int length = snprintf(text, sizeof text,
                              "quiniela receipt v1\n" SMALL_ORIGIN
                              "\nrules m70yQiBTq4bSwxkzjwMHprc6DeFqKToPIQJzazCgKBs=\n%s "
                              "m70yQiBTq4bSwxkzjwMHprc6DeFqKToPIQJzazCgKBs=\nAAAAAAAAAAAAAAAAAAAAAA==\n",
                              bad[i]);
        assert_false(receipt_parse((struct slice){text, (size_t)length}, &receipt, &error));
        assert_string_equal(
            error.text, "the receipt, line 4: is not an agency, its first bet, how many, and their digest");
    }
}

static void nonces_differ(void **state) {
    struct sealed *sealed = *state;
    uint8_t digest[HASH_BYTES] = {0};
    struct receipt all[] = {make(sealed, 5, 0, 3, digest), make(sealed, 5, 3, 0, digest),
                            make(sealed, 4, 0, 3, digest), make(sealed, 5, 0, 2, digest)};
    for (int i = 0; i < 4; i++) {
        for (int j = 0; j < i; j++) {
            assert_memory_not_equal(all[i].nonce, all[j].nonce, SALT_BYTES);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_published_root), cmocka_unit_test(places),
        cmocka_unit_test(every_bit_counts),   cmocka_unit_test(a_note_is_no_seal),
        cmocka_unit_test(bad_entries),        cmocka_unit_test(nonces_differ),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
