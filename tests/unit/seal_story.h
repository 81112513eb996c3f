// The small draw that the specification gives with all its bytes: five agencies, six bets, keys of known
// seeds.
#ifndef QUINIELA_TESTS_SEAL_STORY_H
#define QUINIELA_TESTS_SEAL_STORY_H

#include "cmocka_all.h"

#include "seal/agency_tree.h"
#include "seal/draw_tree.h"
#include "seal/encoding.h"
#include "seal/instant.h"
#include "seal/merkle_tree.h"
#include "seal/note.h"
#include "seal/proof.h"
#include "seal/rules.h"

#include <stdlib.h>

enum { SMALL_AGENCIES = 5, SMALL_BETS_MAX = 3, SMALL_CLOSE = 1795640400 };

#define SMALL_NAME "lottery.example/central"
#define SMALL_ORIGIN SMALL_NAME "/2026-11-25"

struct small_agency {
    enum entry_state state;
    const char *rows[SMALL_BETS_MAX + 1];
};

static const struct small_agency small_agencies[SMALL_AGENCIES] = {
    {ENTRY_FINISHED,
     {"Ana,N\xC3\xBA\xC3\xB1"
      "ez,30904465,1999-03-17,7574",
      "Ana \"la 7\",Paz,A1,2000-02-29,0007", "Ana,Paz,A1,2000-02-29,7"}},
    {ENTRY_CUT, {NULL}},
    {ENTRY_FINISHED, {NULL}},
    {ENTRY_CUT, {"a,b,1,2000-01-01,0"}},
    {ENTRY_FINISHED, {"x,y,2,2000-01-01,9999", "x,y,2,2000-01-01,9999"}},
};

// A draw, sealed. Whoever makes one ends it.
struct sealed {
    struct signing_key *server, *approver, *witness;
    uint8_t secret[SECRET_BYTES];
    struct rules *rules;
    struct merkle_tree trees[SMALL_AGENCIES + 1]; // of each agency, from 1 on; [0] is the draw's
    struct checkpoint seal;
    char text[CHECKPOINT_BYTES_MAX], note[1024];
    size_t text_length, note_length;
    struct hash hash; // H(SEAL)
};

static inline struct signing_key *seal_key(const char *name, enum vkey_type type, uint8_t first) {
    uint8_t seed[SEED_BYTES];
    struct error error;
    for (int i = 0; i < SEED_BYTES; i++) {
        seed[i] = (uint8_t)(first + i);
    }
    struct signing_key *key = signing_key_from_seed(slice_of(name), type, seed, &error);
    assert_non_null(key);
    return key;
}

// The small draw's rules, to change and to write.
static inline struct rules small_rules(struct sealed *sealed) {
    struct rules rules = {.origin = slice_of(SMALL_ORIGIN),
                          .agencies = SMALL_AGENCIES,
                          .has_close = true,
                          .close = SMALL_CLOSE,
                          .how = RULES_MANUAL,
                          .approvals = 1,
                          .approver_count = 1,
                          .approvers = (struct vkey *)signing_key_public(sealed->approver),
                          .key = *signing_key_public(sealed->server)};
    secret_hash(sealed->secret, &rules.secret);
    return rules;
}

// Writes the rules, reads them again, and gives what was read.
static inline struct rules *rules_made(const struct rules *rules) {
    static char text[NOTE_BYTES_MAX];
    size_t length;
    struct error error;
    if (!rules_write(rules, text, sizeof text, &length, &error)) {
        fail_msg("the rules cannot be written: %s", error.text);
    }
    struct rules *made = rules_parse((struct slice){text, length}, &error);
    assert_non_null(made);
    return made;
}

static inline void seal_agency(struct sealed *sealed, struct draw_tree *draw, uint32_t number) {
    const struct small_agency *agency = &small_agencies[number - 1];
    uint8_t key[AGENCY_KEY_BYTES];
    struct agency_tree tree;
    struct hash leaf, root;
    agency_key_make(sealed->secret, slice_of(SMALL_ORIGIN), number, key);
    agency_tree_begin(&tree, number, key);
    for (const char *const *row = agency->rows; *row != NULL; row++) {
        agency_tree_add(&tree, slice_of(*row), &leaf);
        assert_true(merkle_tree_add(&sealed->trees[number], &leaf));
    }
    merkle_root(&tree.merkle, &root);
    draw_tree_add(draw, agency->state, tree.merkle.count, &root, &leaf);
    assert_true(merkle_tree_add(&sealed->trees[0], &leaf));
}

static inline void seal_sign(struct sealed *sealed) {
    struct draft draft;
    struct error error;
    const struct signing_key *keys[] = {sealed->server};
    sealed->text_length = checkpoint_write(&sealed->seal, sealed->text);
    hash_of(sealed->text, sealed->text_length, &sealed->hash);
    draft_begin(&draft, sealed->note, sizeof sealed->note);
    assert_true(note_sign(&draft, (struct slice){sealed->text, sealed->text_length}, keys, 1, &error));
    sealed->note_length = draft.length;
}

static inline struct sealed *seal_small(void) {
    struct sealed *sealed = calloc(1, sizeof *sealed);
    assert_non_null(sealed);
    sealed->server = seal_key(SMALL_NAME, VKEY_ED25519, 0x00);
    sealed->approver = seal_key("inspector.example/garcia", VKEY_ED25519, 0x20);
    sealed->witness = seal_key("witness.example/w1", VKEY_COSIGNATURE, 0x60);
    for (int i = 0; i < SECRET_BYTES; i++) {
        sealed->secret[i] = (uint8_t)(0x40 + i);
    }
    struct rules rules = small_rules(sealed);
    sealed->rules = rules_made(&rules);
    struct draw_entry entry = {slice_of(SMALL_ORIGIN), sealed->rules->hash, SMALL_AGENCIES, 6};
    struct draw_tree draw;
    struct hash leaf;
    struct error error;
    draw_entry_leaf(&entry, &leaf);
    assert_true(merkle_tree_add(&sealed->trees[0], &leaf));
    draw_tree_begin(&draw, entry.origin, &entry.rules, entry.agencies, entry.bets);
    for (uint32_t agency = 1; agency <= SMALL_AGENCIES; agency++) {
        seal_agency(sealed, &draw, agency);
    }
    assert_true(draw_tree_end(&draw, &sealed->seal, &error));
    seal_sign(sealed);
    return sealed;
}

static inline void seal_end(struct sealed *sealed) {
    signing_key_free(sealed->server);
    signing_key_free(sealed->approver);
    signing_key_free(sealed->witness);
    rules_free(sealed->rules);
    for (int i = 0; i <= SMALL_AGENCIES; i++) {
        merkle_tree_free(&sealed->trees[i]);
    }
    free(sealed);
}

static inline struct slice seal_text(const struct sealed *sealed) {
    return (struct slice){sealed->text, sealed->text_length};
}

static inline struct slice seal_note(const struct sealed *sealed) {
    return (struct slice){sealed->note, sealed->note_length};
}

// The proof of a bet; its text is written into `text`.
static inline void seal_proof(const struct sealed *sealed, uint32_t agency, uint64_t index,
                              char text[TEXT_BYTES_MAX], struct proof *proof) {
    uint8_t key[AGENCY_KEY_BYTES];
    struct salts salts;
    struct error error;
    const struct small_agency *small = &small_agencies[agency - 1];
    *proof = (struct proof){.state = small->state, .count = merkle_tree_count(&sealed->trees[agency])};
    agency_key_make(sealed->secret, slice_of(SMALL_ORIGIN), agency, key);
    salts_begin(&salts, key);
    salt_of_bet(&salts, index, proof->salt);
    proof->text = (struct slice){text, bet_text_write(agency, index, slice_of(small->rows[index]), text)};
    assert_true(bet_text_parse(proof->text, &proof->bet, &error));
    merkle_tree_path(&sealed->trees[agency], index, proof->count, &proof->path);
    proof->agency.index = agency;
    proof->agency.note = seal_note(sealed);
    merkle_tree_path(&sealed->trees[0], agency, SMALL_AGENCIES + 1, &proof->agency.path);
}

// The text of that proof. Returns its length.
static inline size_t seal_proof_text(const struct sealed *sealed, uint32_t agency, uint64_t index,
                                     char proof_text[PROOF_BYTES_MAX]) {
    char text[TEXT_BYTES_MAX];
    struct proof proof;
    struct draft draft;
    seal_proof(sealed, agency, index, text, &proof);
    draft_begin(&draft, proof_text, PROOF_BYTES_MAX);
    proof_put(&draft, &proof);
    assert_false(draft.is_over);
    return draft.length;
}

// Says in hex what was expected and what came.
static inline void expect_hex(const void *bytes, size_t length, const char *expected) {
    char text[256];
    assert_true(2 * length < sizeof text);
    hex_encode(bytes, length, text);
    assert_string_equal(text, expected);
}

#endif
