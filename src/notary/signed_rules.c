#include "notary/signed_rules.h"

#include "base/memory.h"
#include "seal/instant.h"
#include "seal/note.h"
#include "seal/origin.h"
#include "seal/rules_chain.h"

#include <stdio.h>

// A refusal of the seal's is one of the settings here.
static bool refuse(struct error *error, const struct error *reason) {
    return error_set(error, reason->code == ERROR_NO_MEMORY ? ERROR_NO_MEMORY : ERROR_BAD_SETTING, "%s",
                     reason->text);
}

static bool take_terms(struct rules *rules, const struct draw_terms *terms, struct error *error) {
    rules->agencies = terms->agencies;
    rules->has_close = terms->closes_at[0] != '\0';
    if (rules->has_close && !instant_parse(slice_of(terms->closes_at), &rules->close)) {
        return error_set(error, ERROR_BAD_SETTING, "the cut-off \"%.40s\" is no time in UTC",
                         terms->closes_at);
    }
    if (terms->pulse != NULL && !instant_parse(slice_of(terms->pulse), &rules->pulse.time)) {
        return error_set(error, ERROR_BAD_SETTING, "the pulse's time \"%.40s\" is no time in UTC",
                         terms->pulse);
    }
    return terms->agencies > 0 ||
           error_set(error, ERROR_BAD_SETTING, "a signed draw has at least one agency, and this one has 0");
}

// Signs the text with the keys that must.
static bool sign(const struct notary *notary, struct slice text, struct signed_rules *made,
                 struct error *error) {
    const struct signing_key *keys[2] = {notary->key, notary->previous};
    struct draft draft;
    struct error reason;
    draft_begin(&draft, made->note, sizeof made->note);
    if (!note_sign(&draft, text, keys, notary->previous == NULL ? 1 : 2, &reason)) {
        return refuse(error, &reason);
    }
    made->size = draft.length;
    hash_of(text.text, text.length, &made->hash);
    return true;
}

// Writes the record's text, and checks it against the one before, which may be NULL, as everybody will.
static bool write_record(const struct rules *rules, const struct rules *before, char text[NOTE_BYTES_MAX],
                         size_t *length, struct error *error) {
    struct error reason;
    if (!rules_write(rules, text, NOTE_BYTES_MAX, length, &reason)) {
        return refuse(error, &reason);
    }
    if (before == NULL) {
        return true;
    }
    struct rules *read = rules_parse((struct slice){text, *length}, &reason);
    bool done = read != NULL && rules_may_follow(before, read, &reason);
    rules_free(read);
    return done || refuse(error, &reason);
}

static bool make(const struct notary *notary, const struct rules *rules, const struct rules *before,
                 struct signed_rules **made, struct error *error) {
    char *text = memory_allocate(NOTE_BYTES_MAX);
    struct signed_rules *record = memory_allocate(sizeof *record);
    size_t length;
    bool done = false;
    if (text == NULL || record == NULL) {
        error_set(error, ERROR_NO_MEMORY, "no memory for the rules");
    } else if (write_record(rules, before, text, &length, error) &&
               sign(notary, (struct slice){text, length}, record, error)) {
        record->number = rules->number;
        done = true;
    }
    memory_free(text);
    if (!done) {
        memory_free(record);
    }
    *made = done ? record : NULL;
    return done;
}

bool signed_rules_first(const struct notary *notary, const char *draw, const struct draw_terms *terms,
                        const uint8_t secret[SECRET_BYTES], struct signed_rules **made, struct error *error) {
    char origin[ORIGIN_BYTES_MAX + 1];
    struct rules rules = notary->terms;
    *made = NULL;
    if (!draw_name_is_valid(slice_of(draw))) {
        return error_set(error, ERROR_BAD_SETTING,
                         "a signed draw has a name of ASCII letters, digits, '.', '_' and '-', at most 64, "
                         "and this one is "
                         "\"%.80s\"",
                         draw);
    }
    snprintf(origin, sizeof origin, "%s/%s", notary->terms.key.name, draw);
    rules.origin = slice_of(origin);
    secret_hash(secret, &rules.secret);
    return take_terms(&rules, terms, error) && make(notary, &rules, NULL, made, error);
}

bool signed_rules_next(const struct notary *notary, const struct rules *before,
                       const struct draw_terms *terms, uint64_t now, struct signed_rules **made,
                       struct error *error) {
    struct rules rules = *before;
    struct error reason;
    *made = NULL;
    if (!rules_may_change(before, now, &reason)) {
        return refuse(error, &reason);
    }
    rules.number = before->number + 1;
    rules.before = before->hash;
    return take_terms(&rules, terms, error) && make(notary, &rules, before, made, error);
}
