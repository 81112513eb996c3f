#include "claims/checks.h"

#include "claims/sealed_list.h"
#include "seal/errors.h"

#include <inttypes.h>
#include <stdlib.h>

enum { VOIDED_LISTED_MAX = 100 };

// Bets that were set aside, as they are listed; and the entries that other checks need.
struct listing {
    struct evidence *evidence;
    struct sealed_list list;
    struct agency_entry *wanted; // `agency` is set; `count` and the rest once it is found
    size_t wanted_count;
    struct voided_bets {
        uint32_t agency, reset;
        uint64_t count;
    } voided[VOIDED_LISTED_MAX];
    uint64_t voided_count;
};

static void on_voided(void *context, uint32_t agency, uint32_t reset, uint64_t count) {
    struct listing *listing = context;
    if (listing->voided_count < VOIDED_LISTED_MAX) {
        listing->voided[listing->voided_count] = (struct voided_bets){agency, reset, count};
    }
    listing->voided_count++;
}

// The agencies of --agency and of the receipts.
static bool want(struct listing *listing, struct error *error) {
    const struct evidence *evidence = listing->evidence;
    listing->wanted = calloc(evidence->receipt_file_count + 1, sizeof *listing->wanted);
    if (listing->wanted == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for agencies");
    }
    if (evidence->given->agency != 0) {
        listing->wanted[listing->wanted_count++].agency = evidence->given->agency;
    }
    for (size_t i = 0; i < evidence->receipt_file_count; i++) {
        listing->wanted[listing->wanted_count++].agency = evidence->receipt_files[i].agency;
    }
    return true;
}

static void take_run(struct listing *listing, const struct sealed_run *run) {
    for (size_t i = 0; i < listing->wanted_count; i++) {
        struct agency_entry *wanted = &listing->wanted[i];
        if (run->first <= wanted->agency && wanted->agency <= run->last) {
            *wanted = (struct agency_entry){evidence_origin(listing->evidence), wanted->agency, run->state,
                                            run->count, run->root};
        }
    }
}

static bool read_list(struct listing *listing, const struct source *source, struct error *error) {
    struct sealed_run run;
    bool found = true;
    if (!sealed_list_begin(&listing->list, source, error)) {
        return false;
    }
    listing->list.on_voided = on_voided;
    listing->list.context = listing;
    if (!evidence_take_origin(listing->evidence, slice_of(listing->list.origin), error)) {
        return false;
    }
    while (found) {
        if (!sealed_list_next(&listing->list, &run, &found, error)) {
            return false;
        }
        if (found) {
            take_run(listing, &run);
        }
    }
    return true;
}

// That it is what the seal seals.
static bool is_sealed(const struct listing *listing, struct error *error) {
    const struct evidence *evidence = listing->evidence;
    const struct sealed_list *list = &listing->list;
    if ((uint64_t)list->agencies + 1 != evidence->seal.size ||
        !hash_equal(&list->root, &evidence->seal.root)) {
        return error_set(error, ERROR_FALSE_CLAIM, "gives another root, or has another size, than the seal");
    }
    return evidence->rules == NULL || hash_equal(&list->rules, &evidence->rules->hash) ||
           error_set(error, ERROR_FALSE_CLAIM,
                     "the seal is of other rules than record %" PRIu64
                     ", the newest one given: is a later record missing?",
                     evidence->rules->number);
}

static bool believe(struct listing *listing, const char *what, struct error *error) {
    struct evidence *evidence = listing->evidence;
    evidence->is_listed = true;
    evidence->listed_bets = listing->list.bets;
    for (size_t i = 0; i < listing->wanted_count; i++) {
        if (listing->wanted[i].origin.length > 0 &&
            !evidence_add_entry(evidence, &listing->wanted[i], error)) {
            return false;
        }
    }
    verdicts_add(&evidence->verdicts, VERDICT_OK, what,
                 "gives the seal's root: %" PRIu32 " agencies, %" PRIu64 " bets", listing->list.agencies,
                 listing->list.bets);
    for (uint64_t i = 0; i < listing->voided_count && i < VOIDED_LISTED_MAX; i++) {
        const struct voided_bets *voided = &listing->voided[i];
        verdicts_add(&evidence->verdicts, VERDICT_NOTE, what,
                     "%" PRIu64 " bets of agency %" PRIu32 " were voided by reset %" PRIu32
                     ", and are in no tree: its word",
                     voided->count, voided->agency, voided->reset);
    }
    if (listing->voided_count > VOIDED_LISTED_MAX) {
        verdicts_add(&evidence->verdicts, VERDICT_NOTE, what, "and %" PRIu64 " further resets",
                     listing->voided_count - VOIDED_LISTED_MAX);
    }
    return true;
}

static bool check(struct listing *listing, const struct source *source, const char *what,
                  struct error *error) {
    if (!want(listing, error) || !read_list(listing, source, error)) {
        return false;
    }
    if (!listing->evidence->has_seal) {
        verdicts_add(&listing->evidence->verdicts, VERDICT_NOT_CHECKED, what,
                     "no seal to compare its root with");
        return true;
    }
    return is_sealed(listing, error) && believe(listing, what, error);
}

bool check_seal_json(struct evidence *evidence, struct error *error) {
    const struct source *source = given_file(evidence->given, GIVEN_SEAL_JSON);
    char what[WHAT_BYTES];
    if (source == NULL) {
        return true;
    }
    struct listing *listing = calloc(1, sizeof *listing);
    if (listing == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for seal.json");
    }
    listing->evidence = evidence;
    what_of(what, "seal.json", source->path);
    bool done = check(listing, source, what, error);
    sealed_list_end(&listing->list);
    free(listing->wanted);
    free(listing);
    return done || verdicts_refuse(&evidence->verdicts, what, error);
}
