#include "recount/recount.h"

#include "seal/errors.h"

#include <inttypes.h>

// What a bettor may do without, and an auditor may not.
static void say_what_is_lacking(struct evidence *evidence) {
    const struct given *given = evidence->given;
    if (!given->has_manifest_hash) {
        verdicts_add(&evidence->verdicts, VERDICT_NOT_CHECKED, "manifest",
                     "no --manifest-hash: nothing shows that this is the package that was taken before the "
                     "number was known");
    }
    if (given->files[GIVEN_RESULT].count == 0) {
        verdicts_add(&evidence->verdicts, VERDICT_NOT_CHECKED, "result",
                     "no --result: nothing shows what was drawn");
    }
}

// Logs have a check of their own.
static void point_to_logs(struct evidence *evidence) {
    const struct package *package = evidence->given->package;
    for (size_t i = 0; package->manifest != NULL && i < package->manifest->count; i++) {
        const struct package_file *file = &package->manifest->files[i];
        if (file->kind == PACKAGE_AUDIT) {
            verdicts_add(&evidence->verdicts, VERDICT_NOTE, file->name,
                         "is the one of the manifest; its chain is checked by quiniela verify --audit");
        }
    }
}

bool recount_make(struct recount *recount, struct given *given, struct error *error) {
    struct evidence *evidence = &recount->evidence;
    recount->tallies = (struct tallies){.list = NULL};
    recount->status = VERDICTS_WRONG_USE;
    evidence_begin(evidence, given);
    evidence->tallies = &recount->tallies;
    if (!claims_find(evidence, error)) {
        return false;
    }
    say_what_is_lacking(evidence);
    point_to_logs(evidence);
    recount->status = verdicts_status(&evidence->verdicts);
    return !evidence->verdicts.is_short || error_set(error, ERROR_NO_MEMORY, "no memory for what was found");
}

void recount_end(struct recount *recount) {
    evidence_end(&recount->evidence);
    tallies_free(&recount->tallies);
}

void recount_total(const struct recount *recount, struct recount_totals *totals) {
    const struct evidence *evidence = &recount->evidence;
    const struct tallies *tallies = &recount->tallies;
    *totals = (struct recount_totals){.sealed = {evidence->is_listed, evidence->listed_bets},
                                      .counted = {tallies->is_whole, 0},
                                      .winners = {tallies->has_winners, 0}};
    for (size_t i = 0; i < tallies->count; i++) {
        totals->counted.bets += tallies->list[i].counted;
        totals->winners.bets += tallies->list[i].winners;
    }
}

void recount_total_text(const struct recount_total *total, char text[TOTAL_BYTES]) {
    strcpy(text, "?");
    if (total->is_known) {
        snprintf(text, TOTAL_BYTES, "%" PRIu64, total->bets);
    }
}

void recount_agencies(const struct tally *tally, char text[AGENCIES_TEXT_BYTES]) {
    if (tally->first == tally->last) {
        snprintf(text, AGENCIES_TEXT_BYTES, "%" PRIu32, tally->first);
    } else {
        snprintf(text, AGENCIES_TEXT_BYTES, "%" PRIu32 "-%" PRIu32, tally->first, tally->last);
    }
}
