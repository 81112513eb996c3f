#include "prove/own_proof.h"

#include "claims/rows.h"
#include "prove/agency_bets.h"
#include "prove/entry_proof.h"
#include "prove/salt_key.h"
#include "seal/errors.h"

#include <inttypes.h>
#include <openssl/crypto.h>
#include <stdlib.h>

// What the files hold. Everything points into the first two.
struct making {
    const struct own_proof *own;
    struct small_file entry_file, seal_file;
    struct note note;
    struct checkpoint seal;
    struct agency_entry entry;
    struct tlog_proof proof; // of the entry
    struct rows rows;
    struct agency_bets bets;
};

static bool blame(const char *path, struct error *error) {
    const struct error reason = *error;
    return error_set(error, reason.code, "%.150s: %s", path, reason.text);
}

// Seal and entry --------------------------------------------------------------------------------------------

static bool read_seal(struct making *making, struct error *error) {
    const struct own_proof *own = making->own;
    if (!small_file_read(own->seal, NOTE_BYTES_MAX, &making->seal_file, error)) {
        return false;
    }
    if (!note_parse("the seal", small_file_text(&making->seal_file), &making->note, error) ||
        (own->key != NULL && !note_check(&making->note, own->key, error)) ||
        !checkpoint_parse(making->note.text, &making->seal, error)) {
        return blame(own->seal, error);
    }
    return true;
}

static bool check_entry(struct making *making, struct error *error) {
    const struct own_proof *own = making->own;
    if (!entry_proof_parse(small_file_text(&making->entry_file), &making->entry, &making->proof, error) ||
        !entry_proof_holds(&making->entry, &making->proof, &making->seal, error)) {
        return false;
    }
    if (making->entry.agency != own->agency) {
        return error_set(error, ERROR_BAD_SETTING, "is of agency %" PRIu32 ", not %" PRIu32,
                         making->entry.agency, own->agency);
    }
    making->proof.note = small_file_text(&making->seal_file); // which may have more cosignatures
    return own->bet < making->entry.count || error_set(error, ERROR_BAD_SETTING,
                                                       "bet %" PRIu64 " is not in the draw: %" PRIu64
                                                       " bets are sealed of the agency, counted from 0",
                                                       own->bet, making->entry.count);
}

static bool read_entry(struct making *making, struct error *error) {
    return small_file_read(making->own->entry, ENTRY_PROOF_BYTES_MAX, &making->entry_file, error) &&
           (check_entry(making, error) || blame(making->own->entry, error));
}

// Bets ------------------------------------------------------------------------------------------------------

// Reads up to HASHES_TOGETHER rows of those that are sealed. *count is 0 at their end.
static bool read_rows(struct making *making, char (*texts)[BET_TEXT_BYTES_MAX], struct slice *rows,
                      size_t *count, struct error *error) {
    uint64_t left = making->entry.count - agency_bets_total(&making->bets);
    struct slice row;
    uint16_t number;
    bool found = true;
    for (*count = 0; *count < HASHES_TOGETHER && *count < left; ++*count) {
        if (!rows_next(&making->rows, &row, &found, error)) {
            return false;
        }
        if (!found) {
            return error_set(error, ERROR_FALSE_CLAIM,
                             "has %" PRIu64 " bets, and %" PRIu64 " are sealed of the agency",
                             agency_bets_total(&making->bets) + *count, making->entry.count);
        }
        if (!row_number(row, &number, error)) { // so it is not longer than a bet
            return error_set(error, ERROR_BAD_FORM, "bet %" PRIu64 " is none",
                             agency_bets_total(&making->bets) + *count);
        }
        memcpy(texts[*count], row.text, row.length);
        rows[*count] = (struct slice){texts[*count], row.length};
    }
    return true;
}

static bool read_bets(struct making *making, struct error *error) {
    char texts[HASHES_TOGETHER][BET_TEXT_BYTES_MAX];
    struct slice rows[HASHES_TOGETHER];
    size_t count = 1;
    while (count > 0) {
        if (!read_rows(making, texts, rows, &count, error)) {
            return false;
        }
        if (count > 0 && !agency_bets_add(&making->bets, rows, count)) {
            return error_set(error, ERROR_NO_MEMORY, "no memory for the bets' paths");
        }
    }
    agency_bets_end(&making->bets);
    return hash_equal(&making->bets.root, &making->entry.root) ||
           error_set(error, ERROR_FALSE_CLAIM,
                     "with this salt key its first %" PRIu64 " bets are not those sealed of agency %" PRIu32,
                     making->entry.count, making->entry.agency);
}

static bool read_csv(struct making *making, struct error *error) {
    struct source source;
    if (!source_open(making->own->csv, &source, error)) {
        return false;
    }
    bool done = rows_begin(&making->rows, &source, ROWS_OF_AGENCY, error) && read_bets(making, error);
    rows_end(&making->rows);
    source_close(&source);
    return done || blame(making->own->csv, error);
}

// The proof -------------------------------------------------------------------------------------------------

static bool make(struct making *making, each_bet_proof *each, void *context, struct error *error) {
    const struct own_proof *own = making->own;
    const struct agency_bets *bets = &making->bets;
    struct proof proof = {.state = making->entry.state,
                          .count = making->entry.count,
                          .path = bets->paths.wanted[0].path,
                          .agency = making->proof};
    char text[TEXT_BYTES_MAX];
    struct checkpoint seal;
    salt_of_bet(&bets->leaves.salts, own->bet, proof.salt);
    proof.text.text = text;
    proof.text.length = bet_text_write(own->agency, own->bet, agency_bets_row(bets, 0), text);
    return bet_text_parse(proof.text, &proof.bet, error) &&
           (own->key == NULL || proof_check(&proof, own->key, making->seal.origin, &seal, error)) &&
           each(context, &proof, error);
}

static bool make_all(struct making *making, each_bet_proof *each, void *context, struct error *error) {
    const struct own_proof *own = making->own;
    uint8_t key[AGENCY_KEY_BYTES];
    if (!read_seal(making, error) || !read_entry(making, error) ||
        !salt_key_read(own->salt_key, key, error)) {
        return false;
    }
    bool done = agency_bets_begin(&making->bets, own->agency, key, &own->bet, 1)
                    ? read_csv(making, error) && make(making, each, context, error)
                    : error_set(error, ERROR_NO_MEMORY, "no memory for the agency's bets");
    OPENSSL_cleanse(key, sizeof key);
    agency_bets_free(&making->bets);
    return done;
}

bool own_proof_make(const struct own_proof *own, each_bet_proof *each, void *context, struct error *error) {
    struct making *making = calloc(1, sizeof *making);
    if (making == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for a proof");
    }
    making->own = own;
    bool done = make_all(making, each, context, error);
    small_file_free(&making->entry_file);
    small_file_free(&making->seal_file);
    free(making);
    return done;
}
