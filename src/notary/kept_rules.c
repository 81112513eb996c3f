#include "notary/kept_rules.h"

#include "seal/errors.h"
#include "seal/note.h"
#include "seal/rules_chain.h"

#include <stdlib.h>

static bool add(struct kept_rules *rules, struct slice bytes, const struct vkey *key, struct error *error) {
    struct note *note = malloc(sizeof *note);
    if (note == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for the rules");
    }
    struct rules *record =
        note_parse("the rules", bytes, note, error) ? rules_parse(note->text, error) : NULL;
    if (record != NULL) {
        rules->records[rules->count++] = record;
    }
    bool done =
        record != NULL &&
        (vkey_equal(&record->key, key) ||
         error_set(error, ERROR_FALSE_CLAIM, "the rules: are of another key, of %s", record->key.name)) &&
        note_check(note, key, error);
    free(note);
    return done;
}

bool kept_rules_read(const struct slice *notes, size_t count, const struct vkey *key,
                     struct kept_rules *rules, struct error *error) {
    *rules = (struct kept_rules){.records = calloc(count, sizeof *rules->records)};
    bool done = rules->records != NULL || error_set(error, ERROR_NO_MEMORY, "no memory for the rules");
    for (size_t i = 0; done && i < count; i++) {
        done = add(rules, notes[i], key, error);
    }
    if (!done || !rules_newest((const struct rules *const *)rules->records, count, &rules->newest, error)) {
        kept_rules_free(rules);
        return false;
    }
    return true;
}

void kept_rules_free(struct kept_rules *rules) {
    for (size_t i = 0; i < rules->count; i++) {
        rules_free(rules->records[i]);
    }
    free(rules->records);
    *rules = (struct kept_rules){.records = NULL};
}
