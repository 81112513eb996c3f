// Every bet of an agency of any size has a proof, and no forged one.
//
// Many more forgeries than a test takes: QUINIELA_FORGERIES=10000000 build/release/tests/test_seal_agencies;
// and all sizes from 1 to 2,000: QUINIELA_SIZES=all
#include "seal_flips.h"
#include "seal_story.h"

#include "base/random.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { BETS_MAX = 2000, AGENCY = 2, AGENCIES = 3, SHORT_FORGERIES = 100000 };

// Agency 2 of 3, of some size.
struct draw {
    struct sealed *sealed;
    struct salts salts;
    struct merkle_tree bets; // of the greatest size
    uint64_t count;
    struct merkle_tree agencies;
    struct hash root;
};

static size_t write_text(uint32_t agency, uint64_t index, char text[TEXT_BYTES_MAX]) {
    char row[64];
    int length =
        snprintf(row, sizeof row, "Ana,Paz,%d,2000-02-29,%d", (int)(index % 97), (int)(index * 7 % 10000));
    return bet_text_write(agency, index, (struct slice){row, (size_t)length}, text);
}

static int begin(void **state) {
    static struct draw draw;
    uint8_t key[AGENCY_KEY_BYTES], salt[SALT_BYTES];
    draw = (struct draw){.sealed = seal_small()};
    agency_key_make(draw.sealed->secret, slice_of(SMALL_ORIGIN), AGENCY, key);
    salts_begin(&draw.salts, key);
    for (uint64_t i = 0; i < BETS_MAX; i++) {
        char text[TEXT_BYTES_MAX];
        struct hash leaf;
        salt_of_bet(&draw.salts, i, salt);
        bet_text_leaf(salt, (struct slice){text, write_text(AGENCY, i, text)}, &leaf);
        assert_true(merkle_tree_add(&draw.bets, &leaf));
    }
    *state = &draw;
    return 0;
}

static int end(void **state) {
    struct draw *draw = *state;
    merkle_tree_free(&draw->bets);
    merkle_tree_free(&draw->agencies);
    seal_end(draw->sealed);
    return 0;
}

// Seals the draw with `count` bets of the agency.
static void seal_of_size(struct draw *draw, uint64_t count) {
    struct draw_tree tree;
    struct hash leaf, root;
    struct error error;
    struct draw_entry entry = {slice_of(SMALL_ORIGIN), draw->sealed->rules->hash, AGENCIES, count};
    merkle_tree_free(&draw->agencies);
    draw->count = count;
    draw_tree_begin(&tree, entry.origin, &entry.rules, AGENCIES, count);
    draw_entry_leaf(&entry, &leaf);
    assert_true(merkle_tree_add(&draw->agencies, &leaf));
    for (uint32_t agency = 1; agency <= AGENCIES; agency++) {
        uint64_t bets = agency == AGENCY ? count : 0;
        merkle_tree_root(&draw->bets, bets, &root);
        draw_tree_add(&tree, ENTRY_FINISHED, bets, &root, &leaf);
        assert_true(merkle_tree_add(&draw->agencies, &leaf));
    }
    assert_true(draw_tree_end(&tree, &draw->sealed->seal, &error));
    seal_sign(draw->sealed);
}

static void make_proof(struct draw *draw, uint64_t index, char text[TEXT_BYTES_MAX], struct proof *proof) {
    *proof = (struct proof){.state = ENTRY_FINISHED, .count = draw->count};
    salt_of_bet(&draw->salts, index, proof->salt);
    proof->text = (struct slice){text, write_text(AGENCY, index, text)};
    proof->bet = (struct bet_text){.agency = AGENCY, .index = index};
    merkle_tree_path(&draw->bets, index, draw->count, &proof->path);
    proof->agency.index = AGENCY;
    proof->agency.note = seal_note(draw->sealed);
    merkle_tree_path(&draw->agencies, AGENCY, AGENCIES + 1, &proof->agency.path);
}

// As proof_check, but for the seal's signature, which is the same for all of them.
static bool leads(const struct draw *draw, const struct proof *proof) {
    struct agency_entry entry = {
        slice_of(SMALL_ORIGIN), proof->bet.agency, proof->state, proof->count, {{0}}};
    struct hash leaf, root;
    struct error error;
    if (!proof_root(proof, &entry.root, &error)) {
        return false;
    }
    agency_entry_leaf(&entry, &leaf);
    return proof->agency.index == entry.agency &&
           merkle_path_root(&proof->agency.path, proof->agency.index, AGENCIES + 1, &leaf, &root) &&
           hash_equal(&root, &draw->sealed->seal.root);
}

// The whole way, from its text.
static void expect_whole_proof(struct draw *draw, const struct proof *proof) {
    char text[PROOF_BYTES_MAX];
    struct draft draft;
    struct proof read;
    struct checkpoint seal;
    struct error error;
    draft_begin(&draft, text, sizeof text);
    proof_put(&draft, proof);
    if (!proof_parse(draft_text(&draft), &read, &error) ||
        !proof_check(&read, signing_key_public(draw->sealed->server), slice_of(SMALL_ORIGIN), &seal,
                     &error)) {
        fail_msg("bet %d of %d: %s", (int)proof->bet.index, (int)proof->count, error.text);
    }
}

static bool is_tried(uint64_t size) {
    const char *wanted = getenv("QUINIELA_SIZES");
    bool is_near_power =
        ((size + 1) & size) == 0 || (size & (size - 1)) == 0 || ((size - 1) & (size - 2)) == 0;
    return (wanted != NULL && strcmp(wanted, "all") == 0) || size < 100 || is_near_power || size % 331 == 0 ||
           size == BETS_MAX;
}

static void every_bet_of_every_size(void **state) {
    struct draw *draw = *state;
    uint64_t proofs = 0;
    for (uint64_t size = 1; size <= BETS_MAX; size++) {
        if (!is_tried(size)) {
            continue;
        }
        seal_of_size(draw, size);
        for (uint64_t index = 0; index < size; index++) {
            char text[TEXT_BYTES_MAX];
            struct proof proof;
            make_proof(draw, index, text, &proof);
            if (!leads(draw, &proof)) {
                fail_msg("bet %d of %d is not proved", (int)index, (int)size);
            }
            if (index == size - 1 || index % 701 == 0) {
                expect_whole_proof(draw, &proof);
            }
            proofs++;
        }
    }
    print_message("%" PRIu64 " proofs\n", proofs);
}

// Forgeries ------------------------------------------------------------------------------------------------

static void swap_hashes(struct merkle_path *path, uint64_t random) {
    size_t one = random % path->length, other = (random >> 32) % path->length;
    struct hash held = path->hashes[one];
    path->hashes[one] = path->hashes[other];
    path->hashes[other] = held;
}

static void change_numbers(struct proof *proof, int kind, uint64_t random) {
    switch (kind) {
    case 0:
        proof->bet.index = random % (proof->count + 3);
        break;
    case 1:
        proof->count = random % (2 * proof->count + 2);
        break;
    case 2:
        proof->state = ENTRY_CUT;
        break;
    case 3:
        proof->bet.agency = (uint32_t)(random % (AGENCIES + 2));
        proof->agency.index = random >> 32 & 1 ? proof->bet.agency : AGENCY;
        break;
    default:
        proof->salt[random % SALT_BYTES] ^= (uint8_t)(1 << (random >> 32) % 8);
    }
}

static void change_paths(struct proof *proof, int kind, uint64_t random) {
    struct merkle_path *path = random >> 63 ? &proof->path : &proof->agency.path;
    switch (kind) {
    case 0:
        path->length = path->length == 0 ? 1 : path->length - 1;
        break;
    case 1:
        path->length++;
        break;
    case 2:
        if (path->length > 0) {
            swap_hashes(path, random);
        }
        break;
    default:
        path->hashes[0].bytes[random % HASH_BYTES] ^= (uint8_t)(1 << (random >> 32) % 8);
    }
}

// Whether a proof says what another one does. What lies behind the end of a path does not count.
static bool same(const struct proof *one, const struct proof *other) {
    const struct merkle_path *a[] = {&one->path, &one->agency.path},
                             *b[] = {&other->path, &other->agency.path};
    for (int i = 0; i < 2; i++) {
        if (a[i]->length != b[i]->length ||
            memcmp(a[i]->hashes, b[i]->hashes, a[i]->length * HASH_BYTES) != 0) {
            return false;
        }
    }
    return one->bet.index == other->bet.index && one->count == other->count && one->state == other->state &&
           one->bet.agency == other->bet.agency && one->agency.index == other->agency.index &&
           memcmp(one->salt, other->salt, SALT_BYTES) == 0 && slice_equal(one->text, other->text);
}

static void no_forgery_holds(void **state) {
    struct draw *draw = *state;
    const char *wanted = getenv("QUINIELA_FORGERIES");
    uint64_t forgeries = wanted == NULL ? SHORT_FORGERIES : strtoull(wanted, NULL, 10), random = 17,
             tried = 0;
    while (tried < forgeries) {
        seal_of_size(draw, 1 + random_next(&random) % BETS_MAX);
        for (int i = 0; i < 2000 && tried < forgeries; i++) {
            char text[TEXT_BYTES_MAX], other[TEXT_BYTES_MAX];
            struct proof proof, forged;
            make_proof(draw, random_next(&random) % draw->count, text, &proof);
            forged = proof;
            int kind = (int)(random_next(&random) % 10);
            if (kind < 5) {
                change_numbers(&forged, kind, random_next(&random));
            } else if (kind < 9) {
                change_paths(&forged, kind - 5, random_next(&random));
            } else { // another bet in its place
                forged.text =
                    (struct slice){other, write_text(AGENCY, random_next(&random) % BETS_MAX, other)};
            }
            if (same(&proof, &forged)) {
                continue;
            }
            tried++;
            if (leads(draw, &forged)) {
                fail_msg("a forgery of kind %d holds: bet %d of %d", kind, (int)proof.bet.index,
                         (int)proof.count);
            }
        }
    }
    print_message("%" PRIu64 " forgeries\n", tried);
}

// The sum of all agencies' bets, and their number, are what was promised.
static void a_tree_has_what_was_promised(void **state) {
    struct draw *draw = *state;
    struct checkpoint seal;
    struct draw_tree tree;
    struct hash root;
    struct error error;
    merkle_empty(&root);
    draw_tree_begin(&tree, slice_of(SMALL_ORIGIN), &draw->sealed->rules->hash, 2, 7);
    draw_tree_add(&tree, ENTRY_CUT, 3, &root, NULL);
    assert_false(draw_tree_end(&tree, &seal, &error));
    draw_tree_add(&tree, ENTRY_CUT, 3, &root, NULL);
    assert_false(draw_tree_end(&tree, &seal, &error));
    assert_error(&error, ERROR_FALSE_CLAIM);
    assert_string_equal(error.text, "the tree has 6 bets of 2 agencies, and should have 7 of 2");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_bet_of_every_size),
        cmocka_unit_test(no_forgery_holds),
        cmocka_unit_test(a_tree_has_what_was_promised),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
