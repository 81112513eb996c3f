#include "store/rows.h"

#include "base/checksum.h"

#include <openssl/crypto.h>
#include <string.h>

// Names ---------------------------------------------------------------------------------------------------

static const char *const state_names[] = {"open", "sealed", "drawn"};

const char *draw_state_name(enum draw_state state) {
    return state_names[state];
}

bool draw_state_parse(const char *name, enum draw_state *state) {
    for (*state = DRAW_OPEN; *state <= DRAW_DRAWN; (*state)++) {
        if (strcmp(name, state_names[*state]) == 0) {
            return true;
        }
    }
    return false;
}

static const char *const mode_names[] = {"fixed", "manual", "beacon"};

const char *number_mode_name(enum number_mode mode) {
    return mode_names[mode];
}

bool number_mode_parse(const char *name, enum number_mode *mode) {
    for (*mode = NUMBER_FIXED; *mode <= NUMBER_BEACON; (*mode)++) {
        if (strcmp(name, mode_names[*mode]) == 0) {
            return true;
        }
    }
    return false;
}

static const char *const ending_names[] = {"", "finished", "operator", "close"};

const char *agency_ending_name(enum agency_ending ending) {
    return ending_names[ending];
}

enum agency_ending agency_ending_of(const char *name) {
    enum agency_ending ending = AGENCY_UNFINISHED;
    while (ending < AGENCY_ENDING_UNKNOWN && strcmp(name, ending_names[ending]) != 0) {
        ending++;
    }
    return ending;
}

static const char *const paper_names[] = {"rules",    "seal",  "cosignature", "timestamp",
                                          "approval", "pulse", "result",      "fork"};

const char *store_paper_name(enum store_paper kind) {
    return kind < PAPER_UNKNOWN ? paper_names[kind] : "";
}

enum store_paper store_paper_of(const char *name) {
    enum store_paper kind = PAPER_RULES;
    while (kind < PAPER_UNKNOWN && strcmp(name, paper_names[kind]) != 0) {
        kind++;
    }
    return kind;
}

void stored_draw_forget(struct stored_draw *draw) {
    OPENSSL_cleanse(draw->secret, sizeof draw->secret);
    draw->has_secret = false;
}

// Checksums -----------------------------------------------------------------------------------------------

// What rows did not have from the beginning counts only where it says something: so the rows of an older
// version keep their checksums. It counts with its place, so that no value is taken for another one's.
static uint64_t add_number(uint64_t checksum, uint64_t place, uint64_t number) {
    return number == 0 ? checksum : checksum_number(checksum_number(checksum, place), number);
}

static uint64_t add_text(uint64_t checksum, uint64_t place, const char *text) {
    return text[0] == '\0' ? checksum : checksum_text(checksum_number(checksum, place), text);
}

static uint64_t add_bytes(uint64_t checksum, uint64_t place, bool are_there, const uint8_t *bytes,
                          size_t length) {
    return are_there ? checksum_bytes(checksum_number(checksum, place), bytes, length) : checksum;
}

uint64_t stored_draw_checksum(const char *draw_name, const struct stored_draw *draw) {
    uint64_t checksum = checksum_text(CHECKSUM_EMPTY, draw_name);
    checksum = checksum_text(checksum, draw_state_name(draw->state));
    checksum = checksum_number(checksum, draw->agencies);
    checksum = checksum_number(checksum, draw->winning_number);
    checksum = checksum_text(checksum, draw->opened_at);
    checksum = checksum_text(checksum, draw->sealed_at);
    checksum = checksum_text(checksum, draw->drawn_at);
    checksum = checksum_number(checksum, draw->winners_checksum);
    checksum = draw->number == 0 ? checksum : checksum_number(checksum, draw->number);
    checksum = add_number(checksum, 1, draw->number_mode);
    checksum = add_number(checksum, 2, !draw->has_number);
    checksum = add_text(checksum, 3, draw->closes_at);
    checksum = add_text(checksum, 4, draw->closes_text);
    checksum = add_text(checksum, 5, draw->closed_at);
    checksum = add_text(checksum, 6, draw->erased_at);
    checksum = add_number(checksum, 7, draw->voided);
    checksum = add_text(checksum, 8, draw->changed_at);
    checksum = add_number(checksum, 9, draw->rules);
    checksum = add_bytes(checksum, 10, draw->has_secret, draw->secret, sizeof draw->secret);
    checksum = add_bytes(checksum, 11, draw->has_root, draw->root, sizeof draw->root);
    return add_text(checksum, 12, draw->forked_at);
}

// An end by its own last chunk is the rule, and says no more than its time. 0 for what says nothing.
static uint64_t ending_to_count(const struct stored_agency *agency) {
    enum agency_ending expected = agency->finished_at[0] == '\0' ? AGENCY_UNFINISHED : AGENCY_FINISHED;
    return agency->ending == expected ? 0 : (uint64_t)agency->ending + 1;
}

uint64_t stored_agency_checksum(const char *draw_name, const struct stored_agency *agency) {
    uint64_t checksum = checksum_text(CHECKSUM_EMPTY, draw_name);
    checksum = checksum_number(checksum, agency->agency);
    checksum = checksum_number(checksum, agency->bets);
    checksum = checksum_text(checksum, agency->finished_at);
    checksum = checksum_text(checksum, agency->told_at);
    checksum = add_number(checksum, 1, ending_to_count(agency));
    checksum = add_number(checksum, 2, agency->voidings);
    return add_number(checksum, 3, agency->receipted);
}

// The checksum covers its place, so a chunk that turns up in another's place is noticed.
uint64_t stored_chunk_checksum(const char *draw_name, const struct stored_chunk *chunk) {
    uint64_t checksum = checksum_text(CHECKSUM_EMPTY, draw_name);
    checksum = checksum_number(checksum, chunk->agency);
    checksum = checksum_number(checksum, chunk->first);
    checksum = checksum_number(checksum, chunk->count);
    return checksum_bytes(checksum, chunk->numbers, (size_t)chunk->count * 2);
}

uint64_t stored_voided_checksum(const char *draw_name, uint32_t voiding, const struct stored_chunk *chunk) {
    return stored_chunk_checksum(draw_name, chunk) ^ voiding;
}

// With its place, as a chunk's.
uint64_t stored_paper_checksum(const char *draw_name, const struct stored_paper *paper) {
    uint64_t checksum = checksum_text(CHECKSUM_EMPTY, draw_name);
    checksum = checksum_text(checksum, store_paper_name(paper->kind));
    checksum = checksum_number(checksum, paper->number);
    return checksum_bytes(checksum, paper->bytes, paper->length);
}

uint64_t stored_winner_checksum(const char *draw_name, const struct stored_winner *winner) {
    uint64_t checksum = checksum_text(CHECKSUM_EMPTY, draw_name);
    checksum = checksum_number(checksum, winner->agency);
    checksum = checksum_number(checksum, winner->bet);
    return checksum_text(checksum, winner->document);
}
