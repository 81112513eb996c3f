#include "claims/checks.h"

#include "seal/cosignature.h"

// Looks for the witness on every copy. *time is the first that it says.
static bool find_cosignature(const struct evidence *evidence, const struct vkey *witness, bool *found,
                             uint64_t *time, struct error *error) {
    *found = false;
    *time = 0;
    for (size_t i = 0; i < evidence->copy_count; i++) {
        bool has_signed;
        uint64_t signed_at;
        if (!cosignature_check(&evidence->copies[i]->note, witness, &has_signed, &signed_at, error)) {
            return false;
        }
        if (has_signed) {
            *time = *found && *time < signed_at ? *time : signed_at;
            *found = true;
        }
    }
    return true;
}

// Counts the witnesses that have signed the seal.
static bool check_witnesses(struct evidence *evidence, size_t *witnessed, struct error *error) {
    const struct rules *rules = evidence->rules;
    *witnessed = 0;
    for (size_t i = 0; rules != NULL && i < rules->witness_count; i++) {
        char what[WHAT_BYTES], at[TIME_TEXT_BYTES];
        bool found;
        uint64_t time;
        what_of(what, "witness", rules->witnesses[i].name);
        if (!find_cosignature(evidence, &rules->witnesses[i], &found, &time, error)) {
            if (!verdicts_refuse(&evidence->verdicts, what, error)) {
                return false;
            }
            continue;
        }
        if (found) {
            if (!evidence_add_time(evidence, time, rules->witnesses[i].name, error)) {
                return false;
            }
            ++*witnessed;
            time_text(time, at);
            verdicts_add(&evidence->verdicts, VERDICT_OK, what, "signed the seal at %s", at);
        }
    }
    return true;
}

static bool is_first_of_its_file(const struct evidence *evidence, size_t copy) {
    const struct source *source = evidence->copies[copy]->source;
    for (size_t i = 0; i < copy; i++) {
        const struct source *before = evidence->copies[i]->source;
        if (before != NULL && source_is_same(source, before)) {
            return false;
        }
    }
    return true;
}

// From how many places the seal has come: files that are one count once, and so do all proofs.
static size_t count_copies(const struct evidence *evidence) {
    size_t copies = evidence->proof_count > 0;
    for (size_t i = 0; i < evidence->copy_count; i++) {
        copies += evidence->copies[i]->source != NULL && is_first_of_its_file(evidence, i);
    }
    return copies;
}

bool check_one_seal(struct evidence *evidence, struct error *error) {
    size_t witnessed, copies = count_copies(evidence);
    if (!evidence->has_seal) {
        return true;
    }
    if (!check_witnesses(evidence, &witnessed, error)) {
        return false;
    }
    if (evidence->has_second || evidence->has_misfit) {
        verdicts_add(&evidence->verdicts, VERDICT_FALSE, "seals", "there are two");
    } else if (witnessed > 0) {
        verdicts_add(&evidence->verdicts, VERDICT_OK, "seals",
                     "there is one: %zu of the rules' witnesses signed it, and a witness signs no second one",
                     witnessed);
    } else if (copies > 1) {
        verdicts_add(&evidence->verdicts, VERDICT_OK, "seals",
                     "%zu copies, and they are one. No witness of the rules has signed it", copies);
    } else {
        verdicts_add(&evidence->verdicts, VERDICT_NOT_CHECKED, "seals",
                     "only one copy, and no witness of the rules has signed it: there may be another seal");
    }
    return true;
}
