// Signed draws in a store, sealed as a server seals them; for the commands that prove something of them.
#ifndef QUINIELA_TESTS_PROVE_STORY_H
#define QUINIELA_TESTS_PROVE_STORY_H

#include "command.h"
#include "seal_story.h"

#include "notary/seal_json.h"
#include "seal/cosignature.h"

#include <stdio.h>

#define PROVE_DRAW "2026-11-25"

// Writes the row of the agency's bet, without a line end, and gives its number.
typedef uint16_t write_row(uint32_t agency, uint64_t bet, char row[BET_TEXT_BYTES_MAX]);

struct lottery {
    struct sealed *small; // the keys and the secret; its own draw is the small one
    uint32_t agencies;
    const uint64_t *counts; // of bets, by agency from 1 on
    const enum entry_state *states;
    write_row *row; // as they were sealed
    // Made of these.
    struct rules *rules;
    struct checkpoint seal;
    char rules_note[4096], note[1024];
    size_t rules_length, note_length;
    // What of it the store gets otherwise.
    write_row *stored_row; // NULL: as they were sealed
    bool is_unsigned, is_unsealed, is_forked;
    struct slice cosignature, timestamp, other_secret; // empty: none
};

static const uint64_t small_counts[] = {3, 0, 0, 1, 2};
static const enum entry_state small_states[] = {ENTRY_FINISHED, ENTRY_CUT, ENTRY_FINISHED, ENTRY_CUT,
                                                ENTRY_FINISHED};

static inline uint16_t small_row(uint32_t agency, uint64_t bet, char row[BET_TEXT_BYTES_MAX]) {
    strcpy(row, small_agencies[agency - 1].rows[bet]);
    return (uint16_t)atoi(strrchr(row, ',') + 1);
}

// Signing ---------------------------------------------------------------------------------------------------

static inline size_t sign(const struct lottery *lottery, struct slice text, char *note, size_t max) {
    const struct signing_key *keys[] = {lottery->small->server};
    struct draft draft;
    struct error error;
    draft_begin(&draft, note, max);
    assert_true(note_sign(&draft, text, keys, 1, &error));
    return draft.length;
}

static inline void make_root(const struct lottery *lottery, uint32_t agency, struct hash *root) {
    char row[BET_TEXT_BYTES_MAX];
    uint8_t key[AGENCY_KEY_BYTES];
    struct agency_tree tree;
    agency_key_make(lottery->small->secret, slice_of(SMALL_ORIGIN), agency, key);
    agency_tree_begin(&tree, agency, key);
    for (uint64_t bet = 0; bet < lottery->counts[agency - 1]; bet++) {
        lottery->row(agency, bet, row);
        agency_tree_add(&tree, slice_of(row), NULL);
    }
    merkle_root(&tree.merkle, root);
}

static inline uint64_t bets_of(const struct lottery *lottery) {
    uint64_t bets = 0;
    for (uint32_t agency = 0; agency < lottery->agencies; agency++) {
        bets += lottery->counts[agency];
    }
    return bets;
}

// Signs the rules and the seal of the draw. Ended by lottery_end.
static inline void lottery_make(struct lottery *lottery) {
    char text[CHECKPOINT_BYTES_MAX];
    struct draw_tree tree;
    struct error error;
    lottery->small = seal_small();
    struct rules rules = small_rules(lottery->small);
    rules.agencies = lottery->agencies;
    struct vkey witness = *signing_key_public(lottery->small->witness);
    rules.witness_count = lottery->cosignature.length > 0;
    rules.witnesses = &witness;
    lottery->rules = rules_made(&rules);
    lottery->rules_length =
        sign(lottery, lottery->rules->text, lottery->rules_note, sizeof lottery->rules_note);
    draw_tree_begin(&tree, slice_of(SMALL_ORIGIN), &lottery->rules->hash, lottery->agencies,
                    bets_of(lottery));
    for (uint32_t agency = 1; agency <= lottery->agencies; agency++) {
        struct hash root;
        make_root(lottery, agency, &root);
        draw_tree_add(&tree, lottery->states[agency - 1], lottery->counts[agency - 1], &root, NULL);
    }
    assert_true(draw_tree_end(&tree, &lottery->seal, &error));
    size_t length = checkpoint_write(&lottery->seal, text);
    lottery->note_length = sign(lottery, (struct slice){text, length}, lottery->note, sizeof lottery->note);
}

static inline void lottery_end(struct lottery *lottery) {
    rules_free(lottery->rules);
    seal_end(lottery->small);
}

static inline struct lottery small_lottery(void) {
    return (struct lottery){
        .agencies = SMALL_AGENCIES, .counts = small_counts, .states = small_states, .row = small_row};
}

// Storing ---------------------------------------------------------------------------------------------------

enum { STORED_ROWS_BYTES = 16 * 1024, STORED_BETS_MAX = 128 };

static inline void store_bets(const struct lottery *lottery, struct store *store, uint32_t agency) {
    write_row *write = lottery->stored_row != NULL ? lottery->stored_row : lottery->row;
    uint64_t count = lottery->counts[agency - 1];
    for (uint64_t first = 0; first < count;) {
        char rows[STORED_ROWS_BYTES], row[BET_TEXT_BYTES_MAX];
        uint8_t numbers[2 * STORED_BETS_MAX];
        size_t length = 0;
        struct stored_chunk chunk = {.agency = agency, .first = first, .numbers = numbers, .rows = rows};
        while (first < count && chunk.count < STORED_BETS_MAX) {
            uint16_t number = write(agency, first++, row);
            length += (size_t)sprintf(rows + length, "%s\n", row);
            numbers[2 * chunk.count] = (uint8_t)number;
            numbers[2 * chunk.count++ + 1] = (uint8_t)(number >> 8);
        }
        struct error error;
        chunk.rows_length = length;
        assert_true(chunk_digest(numbers, chunk.count, rows, length, chunk.digest));
        assert_true(store_add_chunk(store, &chunk, &error));
    }
}

static inline void store_agency(const struct lottery *lottery, struct store *store, uint32_t agency) {
    struct stored_agency row = {.agency = agency, .bets = lottery->counts[agency - 1]};
    if (lottery->states[agency - 1] == ENTRY_FINISHED) {
        row.ending = AGENCY_FINISHED;
        strcpy(row.finished_at, "2026-11-25T20:00:00Z");
    } else if (row.bets == 0) {
        return; // it never came
    } else {
        row.ending = AGENCY_CUT;
        strcpy(row.finished_at, "2026-11-25T21:00:00Z");
    }
    put_agency(store, row);
}

static inline void store_paper(struct store *store, enum store_paper kind, uint32_t number,
                               struct slice text) {
    struct stored_paper paper = {
        .kind = kind, .number = number, .bytes = (const uint8_t *)text.text, .length = text.length};
    struct error error;
    if (text.length > 0 && !store_add_paper(store, &paper, &error)) {
        fail_msg("%s", error.text);
    }
}

static inline void store_papers_of(const struct lottery *lottery, struct store *store) {
    store_paper(store, PAPER_RULES, 0, (struct slice){lottery->rules_note, lottery->rules_length});
    if (!lottery->is_unsealed) {
        store_paper(store, PAPER_SEAL, 0, (struct slice){lottery->note, lottery->note_length});
    }
    store_paper(store, PAPER_COSIGNATURE, 0, lottery->cosignature);
    store_paper(store, PAPER_TIMESTAMP, 0, lottery->timestamp);
}

static inline struct stored_draw draw_row(const struct lottery *lottery) {
    struct stored_draw draw = {.state = DRAW_SEALED,
                               .agencies = lottery->agencies,
                               .number_mode = NUMBER_MANUAL,
                               .opened_at = "2026-11-25T08:00:00Z",
                               .sealed_at = "2026-11-25T21:00:00Z"};
    if (!lottery->is_unsigned) {
        const void *secret = lottery->other_secret.length > 0 ? (const void *)lottery->other_secret.text
                                                              : lottery->small->secret;
        draw.rules = 1;
        draw.has_secret = true;
        memcpy(draw.secret, secret, SECRET_BYTES);
        draw.has_root = !lottery->is_unsealed;
        if (lottery->is_forked) {
            strcpy(draw.forked_at, "2026-11-25T21:00:00Z");
        }
        memcpy(draw.root, lottery->seal.root.bytes, draw.has_root ? HASH_BYTES : 0);
    }
    return draw;
}

// Makes store.db, in the folder of the story.
static inline void lottery_store(const struct lottery *lottery) {
    struct store *store = open_store(PROVE_DRAW);
    put_draw(store, draw_row(lottery));
    if (!lottery->is_unsigned) {
        store_papers_of(lottery, store);
    }
    for (uint32_t agency = 1; agency <= lottery->agencies; agency++) {
        store_bets(lottery, store, agency);
        store_agency(lottery, store, agency);
    }
    close_store(store);
}

// The folder outside the store ------------------------------------------------------------------------------

#define SEALS "store.db.seals"

// Writes seal.json and seal.note there, as a server does.
static inline void lottery_keep(const struct lottery *lottery) {
    struct seal_json json;
    struct error error;
    mkdir(SEALS, 0700);
    mkdir(SEALS "/draw-" PROVE_DRAW, 0700);
    FILE *file = fopen(SEALS "/draw-" PROVE_DRAW "/seal.json", "w+");
    assert_non_null(file);
    seal_json_begin(&json, file, slice_of(SMALL_ORIGIN), &lottery->rules->hash, lottery->agencies,
                    bets_of(lottery));
    for (uint32_t agency = 1; agency <= lottery->agencies; agency++) {
        struct hash root;
        make_root(lottery, agency, &root);
        seal_json_add(&json, lottery->states[agency - 1], lottery->counts[agency - 1], &root);
    }
    assert_true(seal_json_end(&json, &lottery->seal, &error));
    assert_int_equal(fclose(file), 0);
    file = fopen(SEALS "/draw-" PROVE_DRAW "/seal.note", "w");
    assert_non_null(file);
    assert_int_equal(fwrite(lottery->note, 1, lottery->note_length, file), lottery->note_length);
    assert_int_equal(fclose(file), 0);
}

// One story -------------------------------------------------------------------------------------------------

// Begins in a folder of its own, with the small draw as the state.
static inline int make_small(void **state) {
    static struct lottery lottery;
    lottery = small_lottery();
    lottery_make(&lottery);
    *state = &lottery;
    return enter_folder(NULL);
}

static inline int end_small(void **state) {
    lottery_end(*state);
    return leave_folder(NULL);
}

#define SMALL(name) cmocka_unit_test_setup_teardown(name, make_small, end_small)

// Reading ---------------------------------------------------------------------------------------------------

// Reads the file of at most `max` bytes. Returns its length.
static inline size_t read_whole(const char *path, char *text, size_t max) {
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    size_t length = fread(text, 1, max, file);
    assert_true(length < max);
    text[length] = '\0';
    fclose(file);
    return length;
}

// Checks a proof's text.
static inline void assert_proof(const struct lottery *lottery, struct slice text, uint32_t agency,
                                uint64_t bet) {
    struct proof proof;
    struct checkpoint seal;
    struct error error;
    char row[BET_TEXT_BYTES_MAX];
    if (!proof_parse(text, &proof, &error) || !proof_check(&proof, signing_key_public(lottery->small->server),
                                                           slice_of(SMALL_ORIGIN), &seal, &error)) {
        fail_msg("agency %u, bet %llu: %s", agency, (unsigned long long)bet, error.text);
    }
    lottery->row(agency, bet, row);
    assert_int_equal(proof.bet.agency, agency);
    assert_int_equal(proof.bet.index, bet);
    assert_true(slice_is(proof.bet.row, row));
    assert_true(hash_equal(&seal.root, &lottery->seal.root));
}

static inline void assert_proof_file(const struct lottery *lottery, const char *path, uint32_t agency,
                                     uint64_t bet) {
    char text[PROOF_BYTES_MAX + 1];
    size_t length = read_whole(path, text, sizeof text);
    assert_proof(lottery, (struct slice){text, length}, agency, bet);
}

#endif
