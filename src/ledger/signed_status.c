#include "ledger/signed_status.h"

#include "bet/errors.h"
#include "ledger/rules_note.h"
#include "seal/approval.h"

#include <stdio.h>
#include <stdlib.h>

struct reading {
    struct signed_status *is_signed;
    struct rules *rules; // the newest record
    struct note *note;   // the one that is read
    bool *have_cosigned; // the rules' witnesses, each at its place; NULL: none has
};

static bool refuse(const char *what, const struct error *reason, struct error *error) {
    return error_set(error, reason->code == ERROR_NO_MEMORY ? ERROR_NO_MEMORY : ERROR_STORE_FAILED,
                     "the stored %s cannot be read: %.200s", what, reason->text);
}

// The records come one after the other.
static bool take_rules(struct reading *reading, struct slice bytes, struct error *error) {
    struct error reason;
    rules_free(reading->rules);
    reading->rules = rules_note_read(bytes, &reason);
    return reading->rules != NULL || refuse("rules", &reason, error);
}

static bool has_signed(const struct note *note, const struct vkey *key) {
    for (size_t line = 0; line < note->count; line++) {
        if (note_signature_is_of(&note->signatures[line], key)) {
            return true;
        }
    }
    return false;
}

// A witness that has signed again, as of an earlier time, is no second one.
static bool take_cosignature(struct reading *reading, struct slice bytes, struct error *error) {
    const struct rules *rules = reading->rules;
    struct error reason;
    if (reading->have_cosigned == NULL) {
        reading->have_cosigned = calloc(rules->witness_count + 1, sizeof *reading->have_cosigned);
    }
    if (reading->have_cosigned == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for who has cosigned");
    }
    if (!note_parse("a cosignature", bytes, reading->note, &reason)) {
        return refuse("cosignature", &reason, error);
    }
    for (size_t i = 0; i < rules->witness_count; i++) {
        if (!reading->have_cosigned[i] && has_signed(reading->note, &rules->witnesses[i])) {
            reading->have_cosigned[i] = true;
            reading->is_signed->seen++;
        }
    }
    return true;
}

static bool take_approval(struct reading *reading, struct slice bytes, struct error *error) {
    struct signed_status *is_signed = reading->is_signed;
    struct approval approval;
    struct error reason;
    if (!note_parse("an approval", bytes, reading->note, &reason) ||
        !approval_parse(reading->note->text, &approval, &reason)) {
        return refuse("approval", &reason, error);
    }
    for (size_t i = 0; i < reading->rules->approver_count; i++) {
        const struct vkey *approver = &reading->rules->approvers[i];
        if (has_signed(reading->note, approver)) {
            size_t length = strlen(is_signed->approvals_text);
            snprintf(is_signed->approvals_text + length, sizeof is_signed->approvals_text - length,
                     "%s%s for %04u", is_signed->approvals++ == 0 ? "" : ", ", approver->name,
                     approval.number);
        }
    }
    return true;
}

static bool take(void *context, const struct stored_paper *paper, struct error *error) {
    struct reading *reading = context;
    struct slice bytes = {(const char *)paper->bytes, paper->length};
    if (paper->kind == PAPER_RULES) {
        return take_rules(reading, bytes, error);
    }
    reading->is_signed->seen += paper->kind == PAPER_TIMESTAMP;
    reading->is_signed->has_pulse = reading->is_signed->has_pulse || paper->kind == PAPER_PULSE;
    if (reading->rules == NULL) {
        return true;
    }
    return paper->kind == PAPER_COSIGNATURE ? take_cosignature(reading, bytes, error)
           : paper->kind == PAPER_APPROVAL  ? take_approval(reading, bytes, error)
                                            : true;
}

static void take_terms(const struct rules *rules, struct signed_status *is_signed) {
    snprintf(is_signed->by, sizeof is_signed->by, "%s", rules == NULL ? "?" : rules->key.name);
    if (rules != NULL && rules->how == RULES_BEACON) {
        instant_format(rules->pulse.time, is_signed->pulse_at);
        instant_format(rules->pulse.time - BEACON_WITNESS_LEAD_S, is_signed->see_by);
    }
    is_signed->approvals_wanted = rules == NULL ? 0 : rules->approvals;
}

bool signed_status_read(struct store *store, struct signed_status *is_signed, struct error *error) {
    struct reading reading = {.is_signed = is_signed, .note = malloc(sizeof *reading.note)};
    *is_signed = (struct signed_status){.seen = 0};
    if (reading.note == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for what is signed");
    }
    bool done = store_papers(store, take, &reading, error);
    if (done) {
        take_terms(reading.rules, is_signed);
    }
    rules_free(reading.rules);
    free(reading.have_cosigned);
    free(reading.note);
    return done;
}
