#include "claims/checks.h"

#include "claims/differences.h"
#include "claims/rows.h"
#include "claims/sealed_list.h"
#include "seal/agency_tree.h"
#include "seal/bet_text.h"
#include "seal/errors.h"

#include <inttypes.h>
#include <openssl/crypto.h>
#include <stdlib.h>

// The export, agency by agency, beside seal.json.
struct export {
    const struct evidence *evidence;
    struct rows reader;
    struct sealed_list list;
    // The row read last, of the agency that comes next.
    bool has_row;
    uint32_t row_agency;
    struct slice row;
    // The agency read last.
    uint32_t agency;
    uint64_t count;
    struct hash root;
    // What came of it.
    uint64_t bets;
    uint64_t *numbers;
    struct differences differences;
};

// Rows ------------------------------------------------------------------------------------------------------

// Cuts "agency,row" of the line that was read.
static bool take_line(struct export *export, struct slice line, struct error *error) {
    struct error reason;
    uint16_t number;
    uint32_t agency;
    if (!agency_cut(line, &agency, &export->row)) {
        return file_lines_refuse(export->reader.lines, error, "does not begin with an agency's number");
    }
    if (agency < export->row_agency) {
        return file_lines_refuse(export->reader.lines, error, "agency %" PRIu32 " comes after %" PRIu32,
                                 agency, export->row_agency);
    }
    export->row_agency = agency;
    if (!row_number(export->row, &number, &reason)) {
        return file_lines_refuse(export->reader.lines, error, "%s", reason.text);
    }
    export->numbers[number]++;
    export->bets++;
    return true;
}

// Reads the next line. What is wrong with one is said with the agency whose bets end there.
static bool next_row(struct export *export, struct error *error) {
    struct slice line;
    if (rows_next(&export->reader, &line, &export->has_row, error) &&
        (!export->has_row || take_line(export, line, error))) {
        return true;
    }
    const struct error reason = *error;
    return reason.code != ERROR_BAD_FORM || export->row_agency == 0
               ? false
               : error_set(error, ERROR_BAD_FORM, "%s (agency %" PRIu32 ", or what follows it)", reason.text,
                           export->row_agency);
}

// Reads the rows of the agency that comes next, if there is one.
static bool next_agency(struct export *export, bool *found, struct error *error) {
    uint8_t key[AGENCY_KEY_BYTES];
    struct agency_tree tree;
    *found = export->has_row;
    if (!export->has_row) {
        return true;
    }
    export->agency = export->row_agency;
    if (!evidence_agency_key(export->evidence, export->agency, key)) {
        abort(); // the secret and the origin are known
    }
    agency_tree_begin(&tree, export->agency, key);
    OPENSSL_cleanse(key, sizeof key);
    bool done = true;
    while (done && export->has_row && export->row_agency == export->agency) {
        agency_tree_add(&tree, export->row, NULL);
        done = next_row(export, error);
    }
    export->count = tree.merkle.count;
    merkle_root(&tree.merkle, &export->root);
    OPENSSL_cleanse(&tree.leaves, sizeof tree.leaves);
    return done;
}

// Comparing -------------------------------------------------------------------------------------------------

// Keeps what was counted, for whoever wants it.
static bool tally_up(struct export *export, const struct tally *tally, struct error *error) {
    struct tallies *tallies = export->evidence->tallies;
    return tallies == NULL || tallies_add(tallies, tally, error);
}

// Agencies of the export, up to `last`, of which no bets are sealed.
static bool pass_unsealed(struct export *export, uint64_t last, bool *has_agency, const char *why,
                          struct error *error) {
    while (*has_agency && export->agency <= last) {
        const struct tally tally = {.first = export->agency,
                                    .last = export->agency,
                                    .counted = export->count,
                                    .counted_root = export->root};
        differences_add(&export->differences, export->agency, "has %" PRIu64 " bets in the export, and %s",
                        export->count, why);
        if (!tally_up(export, &tally, error) || !next_agency(export, has_agency, error)) {
            return false;
        }
    }
    return true;
}

// A sealed agency with bets, and what the export has of it.
static bool compare_agency(struct export *export, const struct sealed_run *run, bool *has_agency,
                           struct tally *tally, struct error *error) {
    struct differences *differences = &export->differences;
    if (!*has_agency || export->agency != run->first) {
        differences_add(differences, run->first, "has no bets in the export, and %" PRIu64 " are sealed",
                        run->count);
        return true;
    }
    tally->counted = export->count;
    tally->counted_root = export->root;
    if (export->count != run->count) {
        differences_add(differences, run->first,
                        "has %" PRIu64 " bets in the export, and %" PRIu64 " are sealed", export->count,
                        run->count);
    } else if (!hash_equal(&export->root, &run->root)) {
        differences_add(differences, run->first,
                        "has other bets in the export than the %" PRIu64 " that are sealed", run->count);
    }
    return next_agency(export, has_agency, error);
}

static bool compare_run(struct export *export, const struct sealed_run *run, bool *has_agency,
                        struct error *error) {
    uint64_t nobody_up_to = run->count > 0 ? run->first - 1 : run->last;
    struct tally tally = {.first = run->first,
                          .last = run->last,
                          .is_sealed = true,
                          .state = run->state,
                          .sealed = run->count,
                          .sealed_root = run->root};
    merkle_empty(&tally.counted_root);
    return pass_unsealed(export, nobody_up_to, has_agency, "none is sealed", error) &&
           (run->count == 0 || compare_agency(export, run, has_agency, &tally, error)) &&
           tally_up(export, &tally, error);
}

static bool compare(struct export *export, struct error *error) {
    struct sealed_run run;
    bool has_agency, found = true;
    if (!next_row(export, error) || !next_agency(export, &has_agency, error)) {
        return false;
    }
    while (found) {
        if (!sealed_list_next(&export->list, &run, &found, error) ||
            (found && !compare_run(export, &run, &has_agency, error))) {
            return false;
        }
    }
    if (!pass_unsealed(export, UINT64_MAX, &has_agency, "there is no such agency", error)) {
        return false;
    }
    if (export->evidence->tallies != NULL) {
        export->evidence->tallies->is_whole = true;
    }
    return export->differences.count == 0 || error_set(error, ERROR_FALSE_CLAIM, "differs");
}

static bool open_both(struct export *export, const struct source *source, struct error *error) {
    const struct given *given = export->evidence->given;
    export->numbers = calloc(SEAL_NUMBERS, sizeof *export->numbers);
    if (export->numbers == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for numbers");
    }
    return source_check_size(source, EXPORT_BYTES_MAX, error) &&
           rows_begin(&export->reader, source, ROWS_OF_EXPORT, error) &&
           sealed_list_begin(&export->list, given_file(given, GIVEN_SEAL_JSON), error);
}

static bool check(struct evidence *evidence, struct export *export, const struct source *source,
                  const char *what, struct error *error) {
    if (open_both(export, source, error) && compare(export, error)) {
        verdicts_add(&evidence->verdicts, VERDICT_OK, what,
                     "its %" PRIu64 " bets are those sealed, of every agency", export->bets);
        evidence->numbers = export->numbers;
        export->numbers = NULL;
        return true;
    }
    if (export->differences.count > 0 && error->code == ERROR_FALSE_CLAIM) {
        verdicts_add(&evidence->verdicts, VERDICT_FALSE, what, "%s%s", export->differences.text,
                     differences_rest(&export->differences));
        return true;
    }
    return verdicts_refuse(&evidence->verdicts, what, error);
}

bool check_export(struct evidence *evidence, struct error *error) {
    const struct source *source = given_file(evidence->given, GIVEN_EXPORT);
    char what[WHAT_BYTES];
    if (source == NULL) {
        return true;
    }
    what_of(what, "export", source->path);
    if (!evidence->is_listed || !evidence->has_secret) {
        verdicts_add(&evidence->verdicts, VERDICT_NOT_CHECKED, what, "there is no %s",
                     !evidence->is_listed ? "seal.json that gives the seal's root" : "salts' secret");
        return true;
    }
    struct export *export = calloc(1, sizeof *export);
    if (export == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for the export");
    }
    export->evidence = evidence;
    bool done = check(evidence, export, source, what, error);
    rows_end(&export->reader);
    sealed_list_end(&export->list);
    free(export->numbers);
    free(export);
    return done;
}
