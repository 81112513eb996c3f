#include "claims/checks.h"

#include "claims/rows.h"
#include "seal/agency_tree.h"
#include "seal/bet_text.h"
#include "seal/errors.h"

#include <inttypes.h>
#include <stdlib.h>

#define CSV_BYTES_MAX (UINT64_C(64) * 1024 * 1024 * 1024)

// One pass over the file: the root of the bets that are sealed, and where those of receipts begin.
struct csv {
    struct evidence *evidence;
    const struct source *source;
    const struct agency_entry *entry; // NULL: what is sealed is not known
    struct known_receipt *receipts;   // of the agency, sorted by their first bet; a copy
    size_t receipt_count;
    struct rows reader;
    uint64_t rows;
    struct agency_tree tree;
    struct hash root;
    uint64_t *numbers; // of the sealed bets
};

// Passing over it -------------------------------------------------------------------------------------------

static int compare_receipts(const void *one, const void *other) {
    const struct known_receipt *a = one, *b = other;
    int by_first = (a->first > b->first) - (a->first < b->first);
    return by_first != 0 ? by_first : (a->count > b->count) - (a->count < b->count);
}

// Those of the agency, of all files.
static bool gather_receipts(struct csv *csv, struct error *error) {
    const struct evidence *evidence = csv->evidence;
    csv->receipts = calloc(evidence->receipt_count + 1, sizeof *csv->receipts);
    if (csv->receipts == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for receipts");
    }
    for (size_t i = 0; i < evidence->receipt_file_count; i++) {
        const struct receipt_file *file = &evidence->receipt_files[i];
        if (file->agency == evidence->given->agency) {
            memcpy(csv->receipts + csv->receipt_count, evidence->receipts + file->from,
                   file->count * sizeof *csv->receipts);
            csv->receipt_count += file->count;
        }
    }
    qsort(csv->receipts, csv->receipt_count, sizeof *csv->receipts, compare_receipts);
    return true;
}

static bool take_row(struct csv *csv, struct slice row, struct error *error) {
    uint16_t number;
    struct error reason;
    if (!row_number(row, &number, &reason)) {
        return error_set(error, ERROR_BAD_FORM, "bet %" PRIu64 ": %s", csv->rows, reason.text);
    }
    if (csv->entry == NULL || csv->rows < csv->entry->count) {
        agency_tree_add(&csv->tree, row, NULL);
        csv->numbers[number]++;
    }
    csv->rows++;
    return true;
}

static bool pass(struct csv *csv, struct error *error) {
    struct slice row;
    bool found = true;
    size_t next = 0; // receipt whose first bet has not come yet
    while (rows_next(&csv->reader, &row, &found, error)) {
        if (!found) {
            merkle_root(&csv->tree.merkle, &csv->root);
            return true;
        }
        for (; next < csv->receipt_count && csv->receipts[next].first == csv->rows; next++) {
            csv->receipts[next].offset = rows_at(&csv->reader);
        }
        if (!take_row(csv, row, error)) {
            return false;
        }
    }
    return false;
}

static bool read_csv(struct csv *csv, struct error *error) {
    return source_check_size(csv->source, CSV_BYTES_MAX, error) && gather_receipts(csv, error) &&
           rows_begin(&csv->reader, csv->source, ROWS_OF_AGENCY, error) && pass(csv, error);
}

// Receipts --------------------------------------------------------------------------------------------------

// Adds to the hash the numbers of the receipt's bets, or their rows.
static bool hash_rows(struct csv *csv, const struct known_receipt *receipt, bool numbers,
                      struct hasher *hasher, struct error *error) {
    struct slice row;
    bool found = true;
    rows_seek(&csv->reader, receipt->offset);
    uint64_t left = receipt->count;
    for (; left > 0 && rows_next(&csv->reader, &row, &found, error) && found; left--) {
        uint16_t number;
        if (!row_number(row, &number, error)) {
            break;
        }
        uint8_t packed[2] = {(uint8_t)number, (uint8_t)(number >> 8)};
        hasher_add(hasher, numbers ? (const void *)packed : row.text, numbers ? sizeof packed : row.length);
        hasher_add(hasher, "\n", !numbers);
    }
    return left == 0 || (!found && error_set(error, ERROR_FALSE_CLAIM, "the CSV has changed meanwhile"));
}

static bool check_receipt(struct csv *csv, const struct known_receipt *receipt, struct error *error) {
    uint64_t end = receipt->first + receipt->count;
    struct hasher hasher;
    struct hash digest;
    if (end > csv->rows) {
        return error_set(error, ERROR_FALSE_CLAIM,
                         "a receipt is for bets up to %" PRIu64 ", and the CSV has %" PRIu64, end, csv->rows);
    }
    hasher_begin(&hasher);
    if (receipt->count > 0 &&
        (!hash_rows(csv, receipt, true, &hasher, error) || !hash_rows(csv, receipt, false, &hasher, error))) {
        return false;
    }
    hasher_end(&hasher, &digest);
    if (hash_equal(&digest, &receipt->digest)) {
        return true;
    }
    char bets[BETS_BYTES];
    bets_of(bets, receipt->first, receipt->count);
    return error_set(error, ERROR_FALSE_CLAIM, "the receipt for %s is of other bets than the CSV has there",
                     bets);
}

static bool is_same_receipt(const struct known_receipt *one, const struct known_receipt *other) {
    return one->first == other->first && one->count == other->count &&
           hash_equal(&one->digest, &other->digest);
}

// A chunk that was sent again has several.
static bool check_all_receipts(struct csv *csv, struct error *error) {
    for (size_t i = 0; i < csv->receipt_count; i++) {
        bool is_known = i > 0 && is_same_receipt(&csv->receipts[i], &csv->receipts[i - 1]);
        if (!is_known && !check_receipt(csv, &csv->receipts[i], error)) {
            return false;
        }
    }
    return true;
}

// *receipted: there are receipts, and they are of these bets.
static bool say_of_receipts(struct csv *csv, const char *csv_what, bool *receipted, struct error *error) {
    char what[WHAT_BYTES + 16];
    snprintf(what, sizeof what, "%s, receipts", csv_what);
    *receipted = false;
    if (csv->receipt_count == 0) {
        return true;
    }
    if (!check_all_receipts(csv, error)) {
        return verdicts_refuse(&csv->evidence->verdicts, what, error);
    }
    *receipted = true;
    verdicts_add(&csv->evidence->verdicts, VERDICT_OK, what,
                 "each of the %zu is of the bets that the CSV has there", csv->receipt_count);
    return true;
}

// The seal --------------------------------------------------------------------------------------------------

static bool say_of_seal(struct csv *csv, const char *what, bool receipted, struct error *error) {
    const struct agency_entry *entry = csv->entry;
    struct verdicts *verdicts = &csv->evidence->verdicts;
    if (entry == NULL) {
        verdicts_add(verdicts, VERDICT_NOT_CHECKED, what,
                     "%" PRIu64
                     " bets; their root cannot be compared without --seal-json or a proof, and a seal",
                     csv->rows);
        return true;
    }
    if (csv->rows < entry->count) {
        return error_set(error, ERROR_FALSE_CLAIM,
                         "has %" PRIu64 " bets, and %" PRIu64 " are sealed of agency %" PRIu32, csv->rows,
                         entry->count, entry->agency);
    }
    if (!hash_equal(&csv->root, &entry->root)) {
        return error_set(error, ERROR_FALSE_CLAIM,
                         "its first %" PRIu64 " bets are not those sealed of agency %" PRIu32 "%s",
                         entry->count, entry->agency, receipted ? evidence_broken_word(csv->evidence) : "");
    }
    verdicts_add(verdicts, VERDICT_OK, what,
                 "its first %" PRIu64 " bets are those sealed of agency %" PRIu32 " (%s)", entry->count,
                 entry->agency, entry_state_name(entry->state));
    if (csv->rows > entry->count) {
        verdicts_add(verdicts, VERDICT_NOTE, what, "bets %" PRIu64 " to %" PRIu64 " are not in the draw",
                     entry->count, csv->rows - 1);
    }
    csv->evidence->csv_numbers = csv->numbers;
    csv->numbers = NULL;
    return true;
}

bool check_csv(struct evidence *evidence, struct error *error) {
    const struct source *source = given_file(evidence->given, GIVEN_CSV);
    uint32_t agency = evidence->given->agency;
    uint8_t key[AGENCY_KEY_BYTES];
    char what[WHAT_BYTES];
    bool receipted;
    if (source == NULL) {
        return true;
    }
    what_of(what, "csv", source->path);
    if (!evidence_agency_key(evidence, agency, key)) {
        verdicts_add(&evidence->verdicts, VERDICT_NOT_CHECKED, what, "the salts are not known");
        return true;
    }
    struct csv csv = {.evidence = evidence,
                      .source = source,
                      .entry = evidence_entry(evidence, agency),
                      .numbers = calloc(SEAL_NUMBERS, sizeof *csv.numbers)};
    agency_tree_begin(&csv.tree, agency, key);
    bool done = csv.numbers == NULL
                    ? error_set(error, ERROR_NO_MEMORY, "no memory for numbers")
                    : read_csv(&csv, error) && say_of_receipts(&csv, what, &receipted, error) &&
                          say_of_seal(&csv, what, receipted, error);
    rows_end(&csv.reader);
    free(csv.numbers);
    free(csv.receipts);
    return done || verdicts_refuse(&evidence->verdicts, what, error);
}
