// The known files of five agencies have the roots, seal and proof that the specification gives.
//
// They are beside the project or where QUINIELA_DATA says, or the stories are skipped.
#include "seal_story.h"

#include "bet/chunk.h"

#include <stdio.h>
#include <unistd.h>

enum { LAST_BET = 990, BETS = 78697 };

struct known {
    struct sealed *sealed;             // its secret, keys and rules
    struct merkle_tree bets, agencies; // of agency 5, of the draw
    uint64_t total;
    char last[BET_TEXT_BYTES_MAX]; // agency 5's
    struct chunk *first;           // its first three
};

static const char *folder(void) {
    const char *given = getenv("QUINIELA_DATA");
    return given != NULL ? given : GOLDEN_DIR "/../../../shared/data";
}

// What a line of these files holds: they have no quotes.
static struct slice row_of(const char *line) {
    struct slice row = slice_of(line);
    while (row.length > 0 && (row.text[row.length - 1] == '\n' || row.text[row.length - 1] == '\r')) {
        row.length--;
    }
    assert_null(memchr(row.text, '"', row.length));
    return row;
}

static void keep(struct known *known, struct slice row, const struct hash *leaf) {
    struct error error;
    assert_true(merkle_tree_add(&known->bets, leaf));
    (void)snprintf(known->last, sizeof known->last, "%.*s", (int)row.length, row.text);
    assert_true(known->first->count == 3 || chunk_add(known->first, row.text, row.length, &error));
}

static uint64_t read_agency(struct known *known, uint32_t agency, struct hash *root) {
    char path[1024], line[1024];
    uint8_t key[AGENCY_KEY_BYTES];
    struct agency_tree tree;
    struct hash leaf;
    (void)snprintf(path, sizeof path, "%s/agency-%d.csv", folder(), (int)agency);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    agency_key_make(known->sealed->secret, slice_of(SMALL_ORIGIN), agency, key);
    agency_tree_begin(&tree, agency, key);
    while (fgets(line, sizeof line, file) != NULL) {
        struct slice row = row_of(line);
        agency_tree_add(&tree, row, &leaf);
        if (agency == SMALL_AGENCIES) {
            keep(known, row, &leaf);
        }
    }
    (void)fclose(file);
    merkle_root(&tree.merkle, root);
    return tree.merkle.count;
}

static int begin(void **state) {
    static struct known known;
    struct hash roots[SMALL_AGENCIES], leaf;
    uint64_t counts[SMALL_AGENCIES];
    struct draw_tree draw;
    struct error error;
    known.sealed = seal_small();
    known.first = chunk_new(3, 3 * BET_TEXT_BYTES_MAX);
    for (uint32_t agency = 1; agency <= SMALL_AGENCIES; agency++) {
        counts[agency - 1] = read_agency(&known, agency, &roots[agency - 1]);
        known.total += counts[agency - 1];
    }
    struct draw_entry entry = {slice_of(SMALL_ORIGIN), known.sealed->rules->hash, SMALL_AGENCIES,
                               known.total};
    draw_tree_begin(&draw, entry.origin, &entry.rules, SMALL_AGENCIES, known.total);
    draw_entry_leaf(&entry, &leaf);
    assert_true(merkle_tree_add(&known.agencies, &leaf));
    for (int i = 0; i < SMALL_AGENCIES; i++) {
        draw_tree_add(&draw, ENTRY_FINISHED, counts[i], &roots[i], &leaf);
        assert_true(merkle_tree_add(&known.agencies, &leaf));
    }
    assert_true(draw_tree_end(&draw, &known.sealed->seal, &error));
    seal_sign(known.sealed);
    *state = &known;
    return 0;
}

static int end(void **state) {
    struct known *known = *state;
    chunk_free(known->first);
    merkle_tree_free(&known->bets);
    merkle_tree_free(&known->agencies);
    seal_end(known->sealed);
    return 0;
}

static void the_root_of_agency_5(void **state) {
    struct known *known = *state;
    struct hash root;
    assert_int_equal(merkle_tree_count(&known->bets), LAST_BET + 1);
    assert_int_equal(known->total, BETS);
    merkle_tree_root(&known->bets, LAST_BET + 1, &root);
    expect_hex(root.bytes, HASH_BYTES, "664f142e104d1c5033d987a1d0ee27bde94156e45b82c9c56a4040798489ab7d");
}

static void the_seal(void **state) {
    struct known *known = *state;
    char root[BASE64_TEXT_BYTES(HASH_BYTES)];
    base64_encode(known->sealed->seal.root.bytes, HASH_BYTES, root);
    assert_string_equal(root, "PgKiILwNJJyewgxCkxPFwDsAVzfv4O+368rO2jP9P+M=");
    expect_hex(known->sealed->hash.bytes, HASH_BYTES,
               "24d3acb03e1af4fa09bb14369183b24cd502139432740b9a3092b6aacf59376f");
}

static void the_proof_of_its_last_bet(void **state) {
    struct known *known = *state;
    char text[TEXT_BYTES_MAX], room[PROOF_BYTES_MAX];
    uint8_t key[AGENCY_KEY_BYTES];
    struct salts salts;
    struct draft draft;
    struct hash hash;
    struct proof proof = {.state = ENTRY_FINISHED, .count = LAST_BET + 1};
    agency_key_make(known->sealed->secret, slice_of(SMALL_ORIGIN), SMALL_AGENCIES, key);
    salts_begin(&salts, key);
    salt_of_bet(&salts, LAST_BET, proof.salt);
    proof.text = (struct slice){text, bet_text_write(SMALL_AGENCIES, LAST_BET, slice_of(known->last), text)};
    merkle_tree_path(&known->bets, LAST_BET, LAST_BET + 1, &proof.path);
    proof.agency.index = SMALL_AGENCIES;
    proof.agency.note = seal_note(known->sealed);
    merkle_tree_path(&known->agencies, SMALL_AGENCIES, SMALL_AGENCIES + 1, &proof.agency.path);
    draft_begin(&draft, room, sizeof room);
    proof_put(&draft, &proof);
    assert_int_equal(draft.length, 813);
    hash_of(room, draft.length, &hash);
    expect_hex(hash.bytes, HASH_BYTES, "9e661a066548c1ca69f0e9c45bd3f67b256d8ea80a151d209aafa4c3c518042c");
}

static void the_digest_of_its_first_three(void **state) {
    struct known *known = *state;
    struct chunk *chunk = known->first;
    uint8_t digest[CHUNK_DIGEST_BYTES];
    assert_true(chunk_digest(chunk->numbers, chunk->count, chunk->rows, chunk->rows_length, digest));
    expect_hex(digest, sizeof digest, "56689f763986dd8e018fe27862a593a39c956e08d90bc463a985532cfe6fd9f8");
}

int main(void) {
    char path[1024];
    (void)snprintf(path, sizeof path, "%s/agency-5.csv", folder());
    if (access(path, R_OK) != 0) {
        (void)fprintf(stderr, "SKIPPED: the agencies' known files are not in %s (QUINIELA_DATA)\n", folder());
        return 77;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_root_of_agency_5),
        cmocka_unit_test(the_seal),
        cmocka_unit_test(the_proof_of_its_last_bet),
        cmocka_unit_test(the_digest_of_its_first_three),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
