#include "ledger/paper_proof.h"

#include "seal/cosignature.h"
#include "seal/errors.h"
#include "seal/pulse.h"
#include "seal/pulse_json.h"

#include <stdlib.h>

const struct error_code ERROR_BAD_PAPER[1] = {{"bad_paper", false}};

// What a check refuses is a bad paper. Returns false.
static bool refuse(struct error *error) {
    if (error->code == ERROR_BAD_FORM || error->code == ERROR_FALSE_CLAIM) {
        error->code = ERROR_BAD_PAPER;
    }
    return false;
}

static bool no_memory(struct error *error) {
    return error_set(error, ERROR_NO_MEMORY, "no memory to check a paper");
}

// Approvals -------------------------------------------------------------------------------------------------

bool paper_take_approval(struct approvals *approvals, const struct paper_terms *terms, struct slice bytes,
                         uint16_t *number, struct error *error) {
    struct note *note = malloc(sizeof *note);
    struct approval approval;
    if (note == NULL) {
        return no_memory(error);
    }
    bool done = note_parse("the approval", bytes, note, error) &&
                approval_parse(note->text, &approval, error) &&
                approvals_take(approvals, note, &terms->hash, error);
    *number = done ? approval.number : 0;
    free(note);
    return done || refuse(error);
}

// Cosignatures ----------------------------------------------------------------------------------------------

static bool join(const struct paper_terms *terms, struct draft *draft, const struct note *shown,
                 const struct note *more, size_t *added, struct error *error) {
    const struct rules *rules = terms->rules;
    uint64_t ignored;
    size_t signers = 0;
    if (!cosignature_join(draft, shown, more, rules->witnesses, rules->witness_count, added, error)) {
        return false;
    }
    for (size_t i = 0; i < rules->witness_count; i++) {
        bool has_signed = false;
        if (!cosignature_check(more, &rules->witnesses[i], &has_signed, &ignored, error)) {
            return false;
        }
        signers += has_signed;
    }
    return signers > 0 ||
           error_set(error, ERROR_BAD_PAPER, "%s: is signed by no witness of the rules", more->what);
}

bool paper_take_cosignatures(const struct paper_terms *terms, struct slice shown, struct slice bytes,
                             char *note, size_t *length, size_t *added, struct error *error) {
    struct note *notes = malloc(2 * sizeof *notes);
    struct draft draft;
    if (notes == NULL) {
        return no_memory(error);
    }
    draft_begin(&draft, note, NOTE_BYTES_MAX);
    draft_add(&draft, terms->seal);
    bool done = note_parse("the seal", shown, &notes[0], error) &&
                note_parse("the cosigned seal", bytes, &notes[1], error) &&
                join(terms, &draft, &notes[0], &notes[1], added, error);
    *length = draft.length;
    free(notes);
    return done || refuse(error);
}

bool paper_witnessed_at(const struct paper_terms *terms, struct slice bytes, uint64_t *time,
                        struct error *error) {
    struct note *note = malloc(sizeof *note);
    if (note == NULL) {
        return no_memory(error);
    }
    bool done = note_parse("the cosigned seal", bytes, note, error);
    *time = UINT64_MAX;
    for (size_t i = 0; done && i < terms->rules->witness_count; i++) {
        bool has_signed = false;
        uint64_t signed_at = 0;
        done = cosignature_check(note, &terms->rules->witnesses[i], &has_signed, &signed_at, error);
        *time = done && has_signed && signed_at < *time ? signed_at : *time;
    }
    free(note);
    return done || refuse(error);
}

// Time stamps -----------------------------------------------------------------------------------------------

static bool names(const struct rules *rules, const struct hash *authority) {
    for (size_t i = 0; i < rules->authority_count; i++) {
        if (hash_equal(&rules->authorities[i], authority)) {
            return true;
        }
    }
    return false;
}

// By whichever authority it holds.
bool paper_stamped_at(const struct paper_terms *terms, struct slice der, uint64_t *time,
                      struct error *error) {
    const struct notary *notary = terms->notary;
    error_set(error, ERROR_BAD_PAPER, "%s",
              terms->rules->authority_count == 0
                  ? "the rules name no time-stamping authority"
                  : "this server has no certificate of an authority that the rules name: see TSA_CERTS");
    for (size_t i = 0; i < notary->terms.authority_count; i++) {
        if (!names(terms->rules, &notary->authorities[i].hash)) {
            continue;
        }
        if (timestamp_check(der, &terms->hash, &notary->authorities[i], time, error)) {
            return true;
        }
        if (error->code == ERROR_NO_MEMORY) {
            return false;
        }
    }
    return refuse(error);
}

// The beacon's pulse ----------------------------------------------------------------------------------------

static bool check_pulse(const struct paper_terms *terms, struct slice json, struct pulse *pulse,
                        struct error *error) {
    const struct pulse_certificate *certificate = &terms->notary->certificate;
    if (terms->rules->how != RULES_BEACON) {
        return error_set(error, ERROR_BAD_PAPER, "the number of this draw does not come from a beacon");
    }
    if (!terms->notary->has_certificate) {
        return error_set(error, ERROR_BAD_PAPER,
                         "this server has no certificate of the beacon: see BEACON_CERT");
    }
    return pulse_json_read(json, pulse, error) &&
           pulse_is_named(pulse, certificate, &terms->rules->pulse, error) &&
           pulse_check(pulse, certificate, error);
}

bool paper_number_of_pulse(const struct paper_terms *terms, struct slice json, uint16_t *number,
                           struct error *error) {
    struct pulse *pulse = calloc(1, sizeof *pulse);
    struct hash key;
    if (pulse == NULL) {
        return no_memory(error);
    }
    bool done = check_pulse(terms, json, pulse, error);
    if (done) {
        beacon_key_make(&terms->hash, pulse->output.bytes, BEACON_OUTPUT_BYTES, &key);
        *number = (uint16_t)beacon_number(&key, SEAL_NUMBERS);
    }
    free(pulse);
    return done || refuse(error);
}
