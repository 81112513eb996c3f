// The small draw as files in a folder, given to be checked, and what is said of them.
#ifndef QUINIELA_TESTS_CLAIMS_STORY_H
#define QUINIELA_TESTS_CLAIMS_STORY_H

#include "seal_story.h"
#include "temporary.h"

#include "bet/chunk.h"
#include "claims/claims.h"
#include "notary/seal_json.h"
#include "seal/approval.h"
#include "seal/cosignature.h"
#include "seal/proof_code.h"
#include "seal/receipt.h"
#include "seal/result.h"

enum { GIVEN_MAX = 4, CONTENT_BYTES = 64 * 1024 };

struct story {
    struct sealed *sealed;
    char folder[TEMPORARY_BYTES];
    char vkey[VKEY_TEXT_BYTES];
    const char *keys[1], *paths[GIVEN_KINDS][GIVEN_MAX];
    char names[GIVEN_KINDS][GIVEN_MAX][TEMPORARY_BYTES + 32];
    struct given_options options;
    char content[CONTENT_BYTES]; // of a file that is made
    size_t length;
    char *said;
    struct error error;
};

static inline int set_up(void **state) {
    struct story *story = calloc(1, sizeof *story);
    assert_non_null(story);
    story->sealed = seal_small();
    temporary_make(story->folder, "test_claims");
    vkey_format(signing_key_public(story->sealed->server), story->vkey);
    story->keys[0] = story->vkey;
    story->options.keys = (struct setting_texts){story->keys, 1};
    *state = story;
    return 0;
}

static inline int tear_down(void **state) {
    struct story *story = *state;
    seal_end(story->sealed);
    free(story->said);
    int removed = temporary_remove(story->folder);
    free(story);
    return removed;
}

// Files -----------------------------------------------------------------------------------------------------

static inline void write_to(const char *path, struct slice bytes) {
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes.text, 1, bytes.length, file), bytes.length);
    assert_int_equal(fclose(file), 0);
}

static inline void give_path(struct story *story, enum given_kind kind, const char *path) {
    size_t count = story->options.files[kind].count;
    assert_true(count < GIVEN_MAX);
    story->paths[kind][count] = path;
    story->options.files[kind] = (struct setting_texts){story->paths[kind], count + 1};
}

// Gives a file of that name, with these bytes.
static inline void give(struct story *story, enum given_kind kind, const char *name, struct slice bytes) {
    size_t count = story->options.files[kind].count;
    char *path = story->names[kind][count];
    snprintf(path, sizeof story->names[kind][count], "%s/%s", story->folder, name);
    write_to(path, bytes);
    give_path(story, kind, path);
}

static inline void give_nothing(struct story *story) {
    memset(story->options.files, 0, sizeof story->options.files);
    story->options.agency = NULL;
}

// What files hold -------------------------------------------------------------------------------------------

// The text, signed, in `content`.
static inline struct slice signed_text(struct story *story, struct slice text,
                                       const struct signing_key *key) {
    struct draft draft;
    draft_begin(&draft, story->content, sizeof story->content);
    assert_true(note_sign(&draft, text, &key, 1, &story->error));
    return draft_text(&draft);
}

static inline struct slice rules_note(struct story *story) {
    return signed_text(story, story->sealed->rules->text, story->sealed->server);
}

static inline struct slice secret_text(struct story *story, const uint8_t secret[SECRET_BYTES]) {
    size_t length = base64_encode(secret, SECRET_BYTES, story->content);
    strcpy(story->content + length, "\n");
    return slice_of(story->content);
}

static inline struct slice proof_of(struct story *story, uint32_t agency, uint64_t index) {
    return (struct slice){story->content, seal_proof_text(story->sealed, agency, index, story->content)};
}

static inline struct slice code_of(struct story *story, uint32_t agency, uint64_t index) {
    char text[TEXT_BYTES_MAX];
    uint8_t bytes[PROOF_CODE_BYTES_MAX];
    struct proof proof;
    size_t length;
    seal_proof(story->sealed, agency, index, text, &proof);
    assert_true(
        proof_code_write(&proof, signing_key_public(story->sealed->server), bytes, &length, &story->error));
    strcpy(story->content, "https://check.example/#");
    size_t before = strlen(story->content);
    return (struct slice){story->content, before + base32_encode(bytes, length, story->content + before)};
}

static inline void agency_root(const struct story *story, uint32_t agency, struct hash *root) {
    const struct merkle_tree *tree = &story->sealed->trees[agency];
    merkle_tree_root(tree, merkle_tree_count(tree), root);
}

static inline struct slice seal_json_text(struct story *story) {
    struct seal_json json;
    FILE *file = tmpfile();
    assert_non_null(file);
    seal_json_begin(&json, file, slice_of(SMALL_ORIGIN), &story->sealed->rules->hash, SMALL_AGENCIES, 6);
    for (uint32_t agency = 1; agency <= SMALL_AGENCIES; agency++) {
        struct hash root;
        agency_root(story, agency, &root);
        seal_json_add(&json, small_agencies[agency - 1].state,
                      merkle_tree_count(&story->sealed->trees[agency]), &root);
    }
    seal_json_add_voided(&json, 2, 1, 9);
    assert_true(seal_json_end(&json, &story->sealed->seal, &story->error));
    rewind(file);
    story->length = fread(story->content, 1, sizeof story->content, file);
    fclose(file);
    return (struct slice){story->content, story->length};
}

// Rows of agencies `from` to `to`, each with its agency where `is_export`.
static inline struct slice csv_of(struct story *story, uint32_t from, uint32_t to, bool is_export) {
    char *at = story->content;
    for (uint32_t agency = from; agency <= to; agency++) {
        for (const char *const *row = small_agencies[agency - 1].rows; *row != NULL; row++) {
            const char *quoted = strchr(*row, '"');
            at += is_export ? sprintf(at, "%u,", (unsigned)agency) : 0;
            at += quoted == NULL ? sprintf(at, "%s\n", *row)
                                 : sprintf(at, "\"Ana \"\"la 7\"\"\",Paz,A1,2000-02-29,0007\n");
        }
    }
    return (struct slice){story->content, (size_t)(at - story->content)};
}

// A file of one receipt: `count` bets of agency 1 from `first` on.
static inline struct slice receipt_of(struct story *story, uint64_t first, uint32_t count) {
    struct receipt receipt = {
        slice_of(SMALL_ORIGIN), story->sealed->rules->hash, 1, first, count, {{0}}, {0}};
    struct chunk *chunk = chunk_new(8, 1024);
    uint8_t key[AGENCY_KEY_BYTES];
    struct salts salts;
    for (uint32_t i = 0; i < count; i++) {
        const char *row = small_agencies[0].rows[first + i];
        row = row == NULL ? "o,o,1,2000-01-01,1" : row;
        assert_true(chunk_add(chunk, row, strlen(row), &story->error));
    }
    assert_true(
        chunk_digest(chunk->numbers, chunk->count, chunk->rows, chunk->rows_length, receipt.digest.bytes));
    chunk_free(chunk);
    agency_key_make(story->sealed->secret, slice_of(SMALL_ORIGIN), 1, key);
    salts_begin(&salts, key);
    salt_of_receipt(&salts, first, count, receipt.nonce);
    char entry[RECEIPT_BYTES_MAX], text[RECEIPT_BYTES_MAX], note[2048];
    size_t length = receipt_write(&receipt, entry);
    struct receipts commit = {slice_of(SMALL_ORIGIN), 1, {{0}}, SMALL_CLOSE - 60};
    merkle_leaf(entry, length, &commit.root);
    struct slice signed_note =
        signed_text(story, (struct slice){text, receipts_write(&commit, text)}, story->sealed->server);
    memcpy(note, signed_note.text, signed_note.length);
    struct draft draft;
    draft_begin(&draft, story->content, sizeof story->content);
    draft_print(&draft, "entry ");
    draft_base64(&draft, entry, length);
    draft_print(&draft, "\nindex 0\npath\nnote ");
    draft_base64(&draft, note, signed_note.length);
    draft_print(&draft, "\n\n");
    return draft_text(&draft);
}

static inline struct slice approval_of(struct story *story, uint16_t number) {
    char text[APPROVAL_BYTES_MAX];
    struct approval approval = {slice_of(SMALL_ORIGIN), story->sealed->hash, number};
    return signed_text(story, (struct slice){text, approval_write(&approval, text)}, story->sealed->approver);
}

static inline struct slice result_of(struct story *story, uint16_t number, uint64_t winners) {
    char text[RESULT_BYTES_MAX];
    struct result result = {slice_of(SMALL_ORIGIN), story->sealed->hash, number, winners};
    return signed_text(story, (struct slice){text, result_write(&result, text)}, story->sealed->server);
}

// All that there is of the draw, for agency 1.
static inline void give_all(struct story *story) {
    uint8_t key[AGENCY_KEY_BYTES];
    give(story, GIVEN_RULES, "rules", rules_note(story));
    give(story, GIVEN_SEAL, "seal", seal_note(story->sealed));
    give(story, GIVEN_PROOF, "proof", proof_of(story, 5, 1));
    give(story, GIVEN_CODE, "code", code_of(story, 1, 2));
    give(story, GIVEN_SEAL_JSON, "seal.json", seal_json_text(story));
    give(story, GIVEN_SECRET, "secret", secret_text(story, story->sealed->secret));
    agency_key_make(story->sealed->secret, slice_of(SMALL_ORIGIN), 1, key);
    give(story, GIVEN_SALT_KEY, "salt-key", secret_text(story, key));
    give(story, GIVEN_CSV, "csv", csv_of(story, 1, 1, false));
    give(story, GIVEN_RECEIPTS, "receipts", receipt_of(story, 1, 2));
    give(story, GIVEN_EXPORT, "export", csv_of(story, 1, SMALL_AGENCIES, true));
    give(story, GIVEN_APPROVAL, "approval", approval_of(story, 7));
    give(story, GIVEN_RESULT, "result", result_of(story, 7, 2));
}

// Asking ----------------------------------------------------------------------------------------------------

// Checks what is given. Returns the exit status; what is said is in `said`, without the folder's name.
static inline int ask(struct story *story) {
    struct given given;
    enum verdicts_status status = VERDICTS_WRONG_USE;
    size_t length;
    free(story->said);
    FILE *file = open_memstream(&story->said, &length);
    assert_non_null(file);
    error_clear(&story->error);
    bool done = given_open(&story->options, &given, &story->error) &&
                claims_check(&given, story->options.as_json, file, &status, &story->error);
    given_close(&given);
    fclose(file);
    char before[TEMPORARY_BYTES + 1], *at = story->said;
    snprintf(before, sizeof before, "%s/", story->folder);
    while ((at = strstr(at, before)) != NULL) {
        memmove(at, at + strlen(before), strlen(at + strlen(before)) + 1);
    }
    return done ? (int)status : VERDICTS_WRONG_USE;
}

#define ASSERT_STATUS(expected)                                                                              \
    do {                                                                                                     \
        int came = ask(story);                                                                               \
        if (came != (expected)) {                                                                            \
            fail_msg("expected status %d, came %d: %s%s", (int)(expected), came, story->said,                \
                     story->error.text);                                                                     \
        }                                                                                                    \
    } while (0)

#define ASSERT_SAID(text)                                                                                    \
    do {                                                                                                     \
        if (strstr(story->said, text) == NULL) {                                                             \
            fail_msg("expected \"%s\", came:\n%s", text, story->said);                                       \
        }                                                                                                    \
    } while (0)

#define STORY(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

#endif
