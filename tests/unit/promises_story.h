// A central that signs, for an agency's promises: the small draw of seal_story.h, and its answers.
#ifndef QUINIELA_TESTS_PROMISES_STORY_H
#define QUINIELA_TESTS_PROMISES_STORY_H

#include "seal_story.h"
#include "temporary.h"

#include "agency/promises.h"
#include "bet/chunk.h"
#include "bet/errors.h"
#include "seal/errors.h"
#include "seal/receipt.h"
#include "seal/result.h"

#include <sys/stat.h>

enum { AGENCY = 3, BLOCK_ROOM = 16 * 1024 };

struct office {
    struct sealed *sealed;
    const struct signing_key *trusted; // whose key the agency was given; NULL: the server's
    char folder[TEMPORARY_BYTES], receipts[TEMPORARY_BYTES + 32];
    char rules[4096]; // the notes of all records
    size_t rules_length;
    struct promises *promises;
    struct error error;
    // The texts of the last receipt that was made.
    char entry[BASE64_TEXT_BYTES(RECEIPT_BYTES_MAX)], path[BASE64_TEXT_BYTES(HASH_BYTES)], note[1024];
};

static inline struct bet_slice bet_slice_of(const char *text, size_t length) {
    return (struct bet_slice){text, length};
}

// Signs the text with the key, and appends the note to `room`. Returns its length.
static inline size_t note_made(const struct signing_key *key, struct slice text, char *room, size_t max) {
    struct draft draft;
    struct error error;
    draft_begin(&draft, room, max);
    must(note_sign(&draft, text, &key, 1, &error), &error);
    return draft.length;
}

static inline void add_rules(struct office *office, const struct signing_key *key, struct slice text) {
    office->rules_length += note_made(key, text, office->rules + office->rules_length,
                                      sizeof office->rules - office->rules_length);
}

static inline bool open_office(struct office *office) {
    const struct signing_key *trusted = office->trusted != NULL ? office->trusted : office->sealed->server;
    const struct promises_options options = {.agency = AGENCY,
                                             .key = *signing_key_public(trusted),
                                             .receipts = office->receipts,
                                             .asks_key = true};
    promises_close(&office->promises);
    return promises_open(&options, &office->promises, &office->error);
}

static inline int set_up(void **state) {
    struct office *office = calloc(1, sizeof *office);
    assert_non_null(office);
    office->sealed = seal_small();
    temporary_make(office->folder, "test_promises");
    snprintf(office->receipts, sizeof office->receipts, "%s/agency-3.receipts", office->folder);
    add_rules(office, office->sealed->server, office->sealed->rules->text);
    must(open_office(office), &office->error);
    *state = office;
    return 0;
}

static inline int tear_down(void **state) {
    struct office *office = *state;
    promises_close(&office->promises);
    seal_end(office->sealed);
    int removed = temporary_remove(office->folder);
    free(office);
    return removed;
}

// In static memory.
static inline const char *path_of(const struct office *office, const char *name) {
    static char path[TEMPORARY_BYTES + 256];
    snprintf(path, sizeof path, "%s/%s", office->folder, name);
    return path;
}

// What a file of the folder has, as a text in static memory; NULL when there is none.
static inline const char *kept(const struct office *office, const char *name) {
    static char text[256 * 1024];
    char path[TEMPORARY_BYTES + 256];
    snprintf(path, sizeof path, "%s/%s", office->folder, name);
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        return NULL;
    }
    size_t length = fread(text, 1, sizeof text - 1, file);
    text[length] = '\0';
    fclose(file);
    return text;
}

static inline void write_kept(const struct office *office, const char *name, struct slice text) {
    char path[TEMPORARY_BYTES + 256];
    snprintf(path, sizeof path, "%s/%s", office->folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(text.text, 1, text.length, file), text.length);
    assert_int_equal(fclose(file), 0);
}

// Answers
// ----------------------------------------------------------------------------------------------------

// A receipt that a test may change before it is made.
static inline struct receipt right_receipt(const struct office *office, const struct sent *sent) {
    struct receipt receipt = {.origin = slice_of(SMALL_ORIGIN),
                              .rules = office->sealed->rules->hash,
                              .agency = AGENCY,
                              .first = sent->end - sent->count,
                              .count = sent->count};
    memcpy(receipt.digest.bytes, sent->digest, sizeof sent->digest);
    return receipt;
}

// Signs it with that key, in a commit that has an entry before it.
static inline struct reply_receipt receipt_made(struct office *office, const struct receipt *receipt,
                                                const struct signing_key *key) {
    char entry[RECEIPT_BYTES_MAX], text[RECEIPT_BYTES_MAX];
    struct receipts commit = {.origin = receipt->origin, .size = 2, .time = SMALL_CLOSE - 60};
    struct merkle merkle;
    struct hash other, leaf;
    size_t length = receipt_write(receipt, entry);
    merkle_leaf("the other", 9, &other);
    merkle_leaf(entry, length, &leaf);
    merkle_begin(&merkle);
    merkle_add(&merkle, &other);
    merkle_add(&merkle, &leaf);
    merkle_root(&merkle, &commit.root);
    size_t text_length = receipts_write(&commit, text);
    struct reply_receipt made = {.index = 1, .path_length = 1};
    made.entry = bet_slice_of(office->entry, base64_encode(entry, length, office->entry));
    made.path[0] = bet_slice_of(office->path, base64_encode(other.bytes, HASH_BYTES, office->path));
    made.note = bet_slice_of(
        office->note, note_made(key, (struct slice){text, text_length}, office->note, sizeof office->note));
    return made;
}

// The acknowledgement of the chunk, with all that was asked for.
static inline struct reply acknowledgement(struct office *office, const struct sent *sent) {
    struct reply reply = {.type = REPLY_CHUNK_PROCESSED, .next = (int64_t)sent->end, .has_receipt = true};
    struct receipt receipt = right_receipt(office, sent);
    reply.rules = bet_slice_of(office->rules, office->rules_length);
    reply.receipt = receipt_made(office, &receipt, office->sealed->server);
    return reply;
}

static inline struct sent chunk_of(uint64_t first, uint32_t count) {
    struct sent sent = {.end = first + count, .count = count, .wants = {.rules = true, .receipt = true}};
    memset(sent.digest, (int)first + 1, sizeof sent.digest);
    return sent;
}

// The seal of another root, rightly signed: what must not be. Returns the note's length.
static inline size_t other_seal(const struct office *office, char note[1024]) {
    struct checkpoint seal = office->sealed->seal;
    char text[CHECKPOINT_BYTES_MAX];
    seal.root.bytes[0] ^= 1;
    size_t length = checkpoint_write(&seal, text);
    return note_made(office->sealed->server, (struct slice){text, length}, note, 1024);
}

// The result of that number. Returns the note's length.
static inline size_t result_of(const struct office *office, uint16_t number, char note[1024]) {
    struct result result = {
        .origin = slice_of(SMALL_ORIGIN), .seal = office->sealed->hash, .number = number, .winners = 1};
    char text[RESULT_BYTES_MAX];
    size_t length = result_write(&result, text);
    return note_made(office->sealed->server, (struct slice){text, length}, note, 1024);
}

static inline struct reply waiting(const struct office *office) {
    struct reply reply = {.type = REPLY_WINNERS_NOT_READY, .next = -1};
    reply.rules = bet_slice_of(office->rules, office->rules_length);
    return reply;
}

static inline struct reply sealed_answer(const struct office *office) {
    struct reply reply = waiting(office);
    reply.seal = bet_slice_of(office->sealed->note, office->sealed->note_length);
    return reply;
}

#endif
