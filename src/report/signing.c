#include "report/signing.h"

#include "bet/errors.h"
#include "seal/note.h"
#include "seal/rules.h"

#include <stdio.h>
#include <stdlib.h>

struct reading {
    struct signing_facts *facts;
    struct rules *rules; // the newest record
    struct note *note;   // the one that is read
    // The rules' approvers and witnesses, each at its place; NULL: none has.
    bool *have_approved, *have_cosigned;
};

static bool refuse(const char *what, const struct error *reason, struct error *error) {
    return error_set(error, reason->code == ERROR_NO_MEMORY ? ERROR_NO_MEMORY : ERROR_STORE_FAILED,
                     "the stored %s cannot be read: %.200s", what, reason->text);
}

static void add_name(struct signing_names *names, const char *name) {
    if (names->count < SIGNING_NAMES) {
        snprintf(names->list[names->count], sizeof names->list[0], "%s", name);
    }
    names->count++;
}

static bool has_signed(const struct note *note, const struct vkey *key) {
    for (size_t line = 0; line < note->count; line++) {
        if (note_signature_is_of(&note->signatures[line], key)) {
            return true;
        }
    }
    return false;
}

// Who has signed again is no second one. All records of the rules come before.
static bool take_signers(const struct note *note, const struct vkey *keys, size_t count, bool **have_signed,
                         struct signing_names *names, struct error *error) {
    if (*have_signed == NULL) {
        *have_signed = calloc(count + 1, sizeof **have_signed);
    }
    if (*have_signed == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for who has signed");
    }
    for (size_t i = 0; i < count; i++) {
        if (!(*have_signed)[i] && has_signed(note, &keys[i])) {
            (*have_signed)[i] = true;
            add_name(names, keys[i].name);
        }
    }
    return true;
}

// The records come one after the other.
static bool take_rules(struct reading *reading, struct error *error) {
    struct error reason;
    rules_free(reading->rules);
    reading->rules = rules_parse(reading->note->text, &reason);
    reading->facts->records++;
    return reading->rules != NULL || refuse("rules", &reason, error);
}

static bool take_note(struct reading *reading, enum store_paper kind, struct error *error) {
    struct signing_facts *facts = reading->facts;
    const struct rules *rules = reading->rules;
    if (rules == NULL) {
        return true;
    }
    if (kind == PAPER_APPROVAL) {
        facts->approvals++;
        return take_signers(reading->note, rules->approvers, rules->approver_count, &reading->have_approved,
                            &facts->approvers, error);
    }
    if (kind == PAPER_SEAL) {
        struct hash hash;
        hash_of(reading->note->text.text, reading->note->text.length, &hash);
        hex_encode(hash.bytes, HASH_BYTES, facts->seal);
    }
    return take_signers(reading->note, rules->witnesses, rules->witness_count, &reading->have_cosigned,
                        &facts->witnesses, error);
}

static bool is_note(enum store_paper kind) {
    return kind == PAPER_RULES || kind == PAPER_SEAL || kind == PAPER_COSIGNATURE || kind == PAPER_APPROVAL;
}

static bool take(void *context, const struct stored_paper *paper, struct error *error) {
    struct reading *reading = context;
    struct signing_facts *facts = reading->facts;
    struct error reason;
    facts->cosignatures += paper->kind == PAPER_COSIGNATURE;
    facts->timestamps += paper->kind == PAPER_TIMESTAMP;
    facts->forks += paper->kind == PAPER_FORK;
    facts->has_pulse = facts->has_pulse || paper->kind == PAPER_PULSE;
    facts->has_result = facts->has_result || paper->kind == PAPER_RESULT;
    if (!is_note(paper->kind)) {
        return true;
    }
    const struct slice bytes = {(const char *)paper->bytes, paper->length};
    if (!note_parse(store_paper_name(paper->kind), bytes, reading->note, &reason)) {
        return refuse(store_paper_name(paper->kind), &reason, error);
    }
    return paper->kind == PAPER_RULES ? take_rules(reading, error) : take_note(reading, paper->kind, error);
}

static void take_terms(const struct rules *rules, struct signing_facts *facts) {
    snprintf(facts->origin, sizeof facts->origin, "%.*s", (int)rules->origin.length, rules->origin.text);
    snprintf(facts->name, sizeof facts->name, "%s", rules->key.name);
    vkey_format(&rules->key, facts->key);
    facts->approvals_wanted = rules->how == RULES_MANUAL ? rules->approvals : 0;
    if (rules->how == RULES_BEACON) {
        instant_format(rules->pulse.time, facts->pulse_at);
    }
}

bool signing_facts_read(struct signing_facts *facts, struct store *store, const struct stored_draw *draw,
                        struct error *error) {
    struct reading reading = {.facts = facts, .note = malloc(sizeof *reading.note)};
    *facts = (struct signing_facts){.is_signed = draw->rules > 0, .has_seal = draw->has_root};
    if (reading.note == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for what is signed");
    }
    bool done = !facts->is_signed || store_papers(store, take, &reading, error);
    if (done && reading.rules != NULL) {
        take_terms(reading.rules, facts);
    }
    if (draw->has_root) {
        hex_encode(draw->root, STORE_ROOT_BYTES, facts->root);
    }
    rules_free(reading.rules);
    free(reading.have_approved);
    free(reading.have_cosigned);
    free(reading.note);
    return done;
}
