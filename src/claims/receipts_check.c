#include "claims/checks.h"

#include "claims/receipt_blocks.h"
#include "seal/errors.h"

#include <inttypes.h>
#include <openssl/crypto.h>
#include <stdlib.h>

// Each in itself --------------------------------------------------------------------------------------------

// One pass over a file.
struct reading {
    struct evidence *evidence;
    struct receipt_file file;
    uint64_t last; // the time of the last commit
    bool has_key, is_signed;
    struct salts salts; // of the agency, where its key is known
};

static bool is_known(const struct evidence *evidence, const struct hash *rules) {
    for (size_t i = 0; i < evidence->record_count; i++) {
        if (hash_equal(&evidence->records[i].rules->hash, rules)) {
            return true;
        }
    }
    return false;
}

static void begin_agency(struct reading *reading, uint32_t agency) {
    uint8_t key[AGENCY_KEY_BYTES];
    reading->file.agency = agency;
    reading->has_key = evidence_agency_key(reading->evidence, agency, key);
    if (reading->has_key) {
        salts_begin(&reading->salts, key);
    }
    OPENSSL_cleanse(key, sizeof key);
}

static bool check_nonce(const struct reading *reading, const struct receipt *receipt, struct error *error) {
    uint8_t nonce[SALT_BYTES];
    if (!reading->has_key) {
        return true;
    }
    salt_of_receipt(&reading->salts, receipt->first, receipt->count, nonce);
    if (CRYPTO_memcmp(nonce, receipt->nonce, sizeof nonce) == 0) {
        return true;
    }
    char bets[BETS_BYTES];
    bets_of(bets, receipt->first, receipt->count);
    return error_set(error, ERROR_FALSE_CLAIM,
                     "the receipt for %s has another nonce than the agency's key gives", bets);
}

static bool keep(struct reading *reading, const struct receipt *receipt, struct error *error) {
    struct evidence *evidence = reading->evidence;
    if (evidence->receipt_count == evidence->receipt_room) {
        size_t room = evidence->receipt_room == 0 ? 64 : 2 * evidence->receipt_room;
        struct known_receipt *more = reallocarray(evidence->receipts, room, sizeof *more);
        if (more == NULL) {
            return error_set(error, ERROR_NO_MEMORY, "no memory for receipts");
        }
        evidence->receipts = more;
        evidence->receipt_room = room;
    }
    evidence->receipts[evidence->receipt_count++] =
        (struct known_receipt){.first = receipt->first, .count = receipt->count, .digest = receipt->digest};
    struct receipt_file *file = &reading->file;
    uint64_t end = receipt->first + receipt->count;
    file->end = end > file->end ? end : file->end;
    file->count++;
    if (evidence->rules != NULL && !file->has_strange && !is_known(evidence, &receipt->rules)) {
        file->has_strange = true;
        file->strange_first = receipt->first;
        file->strange_count = receipt->count;
    }
    return true;
}

static bool take(struct reading *reading, const struct receipt_block *block, struct error *error) {
    const struct receipt *receipt = &block->receipt;
    struct receipt_file *file = &reading->file;
    if (!evidence_take_origin(reading->evidence, receipt->origin, error)) {
        return false;
    }
    if (file->count == 0) {
        uint32_t wanted = reading->evidence->given->agency;
        begin_agency(reading, wanted != 0 ? wanted : receipt->agency);
    }
    if (receipt->agency != file->agency) {
        return error_set(error, ERROR_FALSE_CLAIM,
                         "has receipts of agency %" PRIu32 ", too, and not only of %" PRIu32, receipt->agency,
                         file->agency);
    }
    if (!check_nonce(reading, receipt, error) ||
        (block->has_new_note &&
         !evidence_check_signed(reading->evidence, block->note, &reading->is_signed, error))) {
        return false;
    }
    reading->last = block->commit.time > reading->last ? block->commit.time : reading->last;
    return keep(reading, receipt, error);
}

static bool read_all(struct reading *reading, const struct source *source, struct error *error) {
    struct receipt_blocks *blocks;
    struct receipt_block block;
    bool found = true;
    if (!receipt_blocks_begin(source, &blocks, error)) {
        return false;
    }
    bool done = true;
    while (done && found) {
        done = receipt_blocks_next(blocks, &block, &found, error) && (!found || take(reading, &block, error));
    }
    receipt_blocks_end(blocks);
    return done;
}

static bool check_file(struct evidence *evidence, const struct source *source, const char *what,
                       struct error *error) {
    struct reading reading = {.evidence = evidence,
                              .file = {.path = source->path, .from = evidence->receipt_count}};
    char last[TIME_TEXT_BYTES];
    struct receipt_file *files =
        reallocarray(evidence->receipt_files, evidence->receipt_file_count + 1, sizeof *files);
    if (files == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for receipts");
    }
    evidence->receipt_files = files;
    bool done = read_all(&reading, source, error);
    OPENSSL_cleanse(&reading.salts, sizeof reading.salts);
    if (!done) {
        evidence->receipt_count = reading.file.from; // none of a file that is not right
        return false;
    }
    files[evidence->receipt_file_count++] = reading.file;
    time_text(reading.last, last);
    verdicts_add(&evidence->verdicts, reading.is_signed ? VERDICT_OK : VERDICT_NOT_CHECKED, what,
                 "%zu of agency %" PRIu32 ", for bets up to %" PRIu64 ", the last at %s: %s",
                 reading.file.count, reading.file.agency, reading.file.end, last,
                 reading.is_signed ? "signed" : "no key to check the signatures with");
    return true;
}

bool check_receipts(struct evidence *evidence, struct error *error) {
    const struct given_files *files = &evidence->given->files[GIVEN_RECEIPTS];
    for (size_t i = 0; i < files->count; i++) {
        char what[WHAT_BYTES];
        what_of(what, "receipts", files->list[i]->path);
        if (!check_file(evidence, files->list[i], what, error) &&
            !verdicts_refuse(&evidence->verdicts, what, error)) {
            return false;
        }
    }
    return true;
}

// Against the seal ------------------------------------------------------------------------------------------

// A receipt names the newest rules of its time.
static void check_rules_named(struct evidence *evidence, const struct receipt_file *file) {
    char name[WHAT_BYTES], what[WHAT_BYTES + 16], bets[BETS_BYTES];
    if (!file->has_strange) {
        return;
    }
    bets_of(bets, file->strange_first, file->strange_count);
    what_of(name, "receipts", file->path);
    snprintf(what, sizeof what, "%s, rules", name);
    if (evidence->is_listed) {
        verdicts_add(&evidence->verdicts, VERDICT_FALSE, what,
                     "the receipt for %s names rules that are none of these: a fork", bets);
    } else {
        verdicts_add(&evidence->verdicts, VERDICT_NOT_CHECKED, what,
                     "the receipt for %s names a record of the rules that was not given", bets);
    }
}

// Who has a receipt for a bet has it sealed.
static void check_kept(struct evidence *evidence, const struct receipt_file *file) {
    char name[WHAT_BYTES], what[WHAT_BYTES + 16];
    const struct agency_entry *entry = evidence_entry(evidence, file->agency);
    what_of(name, "receipts", file->path);
    snprintf(what, sizeof what, "%s, sealed", name);
    if (entry == NULL) {
        verdicts_add(&evidence->verdicts, VERDICT_NOT_CHECKED, what,
                     "how many bets of agency %" PRIu32 " are sealed is not known: no --seal-json, no proof",
                     file->agency);
    } else if (file->end > entry->count) {
        verdicts_add(&evidence->verdicts, VERDICT_FALSE, what,
                     "agency %" PRIu32 " has a receipt for its bets up to %" PRIu64 ", and only %" PRIu64
                     " are sealed%s",
                     file->agency, file->end, entry->count, evidence_broken_word(evidence));
    } else {
        verdicts_add(&evidence->verdicts, VERDICT_OK, what,
                     "the %" PRIu64 " bets sealed of agency %" PRIu32
                     " are not fewer than the receipts' %" PRIu64,
                     entry->count, file->agency, file->end);
    }
}

bool check_receipts_kept(struct evidence *evidence, struct error *error) {
    error_clear(error);
    for (size_t i = 0; i < evidence->receipt_file_count; i++) {
        check_rules_named(evidence, &evidence->receipt_files[i]);
        if (evidence->has_seal) {
            check_kept(evidence, &evidence->receipt_files[i]);
        }
    }
    return true;
}
