// Writes sealed draws, with the proof of every bet, for what others have written to check: write_seals
// FOLDER.
//
// FOLDER/small is the draw of the specification, FOLDER/large one with more agencies and bets. In each of
// them:
//   vkey, witness        the keys of the server and of the witness, as text
//   seal.note            the seal, signed by both; seal.text what was signed
//   entry-0              the draw's own entry of the draw tree
//   agencies             "agency state count root", a line each, in order
//   proof-AGENCY-INDEX   the proof of that bet
#include "../unit/seal_story.h"

#include "seal/cosignature.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>

enum { LARGE_AGENCIES = 23, TREES_MAX = LARGE_AGENCIES + 1, SEEN_AT = 1795640000 };

// What is written.
struct written {
    const char *folder;
    bool is_large;
    uint32_t agencies;
    struct sealed *sealed; // its keys, rules and secret
    struct merkle_tree trees[TREES_MAX];
    char note[2048];
    size_t note_length;
};

static const char *output;

static void put_file(const struct written *written, const char *name, struct slice bytes) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s/%s", output, written->folder, name);
    FILE *file = fopen(path, "wbe");
    if (file == NULL || fwrite(bytes.text, 1, bytes.length, file) != bytes.length || fclose(file) != 0) {
        fail_msg("%s cannot be written: %s", path, strerror(errno));
    }
}

static uint64_t count_of(const struct written *written, uint32_t agency) {
    uint64_t count = 0;
    if (written->is_large) {
        return (uint64_t)agency * agency * 7 % 70;
    }
    while (small_agencies[agency - 1].rows[count] != NULL) {
        count++;
    }
    return count;
}

static enum entry_state state_of(const struct written *written, uint32_t agency) {
    if (written->is_large) {
        return agency % 3 == 0 ? ENTRY_CUT : ENTRY_FINISHED;
    }
    return small_agencies[agency - 1].state;
}

static size_t write_text(const struct written *written, uint32_t agency, uint64_t bet,
                         char text[TEXT_BYTES_MAX]) {
    char row[BET_TEXT_BYTES_MAX];
    if (!written->is_large) {
        return bet_text_write(agency, bet, slice_of(small_agencies[agency - 1].rows[bet]), text);
    }
    int length = snprintf(row, sizeof row, "Zo\xC3\xAB,\xE6\x9D\x8E \"la 7\",%" PRIu64 ",2000-02-29,%" PRIu64,
                          bet, (bet * 271 + agency) % 10000);
    return bet_text_write(agency, bet, (struct slice){row, (size_t)length}, text);
}

static void salts_of(const struct written *written, uint32_t agency, struct salts *salts) {
    uint8_t key[AGENCY_KEY_BYTES];
    agency_key_make(written->sealed->secret, slice_of(SMALL_ORIGIN), agency, key);
    salts_begin(salts, key);
}

static void plant_agency(struct written *written, uint32_t agency) {
    struct salts salts;
    salts_of(written, agency, &salts);
    for (uint64_t bet = 0; bet < count_of(written, agency); bet++) {
        uint8_t salt[SALT_BYTES];
        char text[TEXT_BYTES_MAX];
        struct hash leaf;
        salt_of_bet(&salts, bet, salt);
        bet_text_leaf(salt, (struct slice){text, write_text(written, agency, bet, text)}, &leaf);
        assert_true(merkle_tree_add(&written->trees[agency], &leaf));
    }
}

static void put_key(const struct written *written, const char *name, const struct signing_key *key) {
    char text[VKEY_TEXT_BYTES];
    size_t length = vkey_format(signing_key_public(key), text);
    put_file(written, name, (struct slice){text, length});
}

// The tree, the seal and its signatures.
static void put_seal(struct written *written) {
    struct draw_entry entry = {slice_of(SMALL_ORIGIN), written->sealed->rules->hash, written->agencies, 0};
    struct draw_tree draw;
    struct hash leaf, root;
    struct checkpoint seal;
    struct error error;
    struct draft agencies, note;
    char text[DRAW_ENTRY_BYTES_MAX], lines[8192], seal_text[CHECKPOINT_BYTES_MAX];
    for (uint32_t agency = 1; agency <= written->agencies; agency++) {
        plant_agency(written, agency);
        entry.bets += count_of(written, agency);
    }
    put_file(written, "entry-0", (struct slice){text, draw_entry_write(&entry, text)});
    draw_tree_begin(&draw, entry.origin, &entry.rules, entry.agencies, entry.bets);
    draw_entry_leaf(&entry, &leaf);
    assert_true(merkle_tree_add(&written->trees[0], &leaf));
    draft_begin(&agencies, lines, sizeof lines);
    for (uint32_t agency = 1; agency <= written->agencies; agency++) {
        uint64_t count = merkle_tree_count(&written->trees[agency]);
        merkle_tree_root(&written->trees[agency], count, &root);
        draw_tree_add(&draw, state_of(written, agency), count, &root, &leaf);
        assert_true(merkle_tree_add(&written->trees[0], &leaf));
        draft_print(&agencies, "%" PRIu32 " %s %" PRIu64, agency, entry_state_name(state_of(written, agency)),
                    count);
        draft_hash(&agencies, " ", &root, "\n");
    }
    assert_true(draw_tree_end(&draw, &seal, &error) && !agencies.is_over);
    put_file(written, "agencies", draft_text(&agencies));
    struct slice signed_text = {seal_text, checkpoint_write(&seal, seal_text)};
    const struct signing_key *server = written->sealed->server;
    draft_begin(&note, written->note, sizeof written->note);
    assert_true(note_sign(&note, signed_text, &server, 1, &error));
    assert_true(cosignature_add(&note, signed_text, written->sealed->witness, SEEN_AT, &error));
    written->note_length = note.length;
    put_file(written, "seal.text", signed_text);
    put_file(written, "seal.note", draft_text(&note));
}

static void put_proof(struct written *written, uint32_t agency, uint64_t bet) {
    char text[TEXT_BYTES_MAX], room[PROOF_BYTES_MAX], name[64];
    struct salts salts;
    struct draft draft;
    struct proof proof = {.state = state_of(written, agency), .count = count_of(written, agency)};
    salts_of(written, agency, &salts);
    salt_of_bet(&salts, bet, proof.salt);
    proof.text = (struct slice){text, write_text(written, agency, bet, text)};
    merkle_tree_path(&written->trees[agency], bet, proof.count, &proof.path);
    proof.agency.index = agency;
    proof.agency.note = (struct slice){written->note, written->note_length};
    merkle_tree_path(&written->trees[0], agency, (uint64_t)written->agencies + 1, &proof.agency.path);
    draft_begin(&draft, room, sizeof room);
    proof_put(&draft, &proof);
    assert_false(draft.is_over);
    snprintf(name, sizeof name, "proof-%" PRIu32 "-%" PRIu64, agency, bet);
    put_file(written, name, draft_text(&draft));
}

static void put_draw(const char *folder, bool is_large, uint32_t agencies) {
    static struct written written;
    char path[4096];
    written = (struct written){
        .folder = folder, .is_large = is_large, .agencies = agencies, .sealed = seal_small()};
    snprintf(path, sizeof path, "%s/%s", output, folder);
    assert_int_equal(mkdir(path, 0777), 0);
    put_key(&written, "vkey", written.sealed->server);
    put_key(&written, "witness", written.sealed->witness);
    put_seal(&written);
    for (uint32_t agency = 1; agency <= agencies; agency++) {
        for (uint64_t bet = 0; bet < count_of(&written, agency); bet++) {
            put_proof(&written, agency, bet);
        }
    }
    for (uint32_t tree = 0; tree <= agencies; tree++) {
        merkle_tree_free(&written.trees[tree]);
    }
    seal_end(written.sealed);
}

static void draws_are_written(void **state) {
    (void)state;
    put_draw("small", false, SMALL_AGENCIES);
    put_draw("large", true, LARGE_AGENCIES);
}

int main(int count, char **texts) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(draws_are_written)};
    if (count != 2) {
        fprintf(stderr, "usage: write_seals FOLDER\n");
        return 2;
    }
    output = texts[1];
    return cmocka_run_group_tests(tests, NULL, NULL);
}
