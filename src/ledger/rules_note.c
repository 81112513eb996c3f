#include "ledger/rules_note.h"

#include "bet/errors.h"
#include "seal/note.h"
#include "store/store.h"

#include <inttypes.h>
#include <stdlib.h>

struct rules *rules_note_read(struct slice bytes, struct error *error) {
    struct note *note = malloc(sizeof *note);
    if (note == NULL) {
        error_set(error, ERROR_NO_MEMORY, "no memory for the rules");
        return NULL;
    }
    struct rules *rules = note_parse("the rules", bytes, note, error) ? rules_parse(note->text, error) : NULL;
    free(note);
    return rules;
}

static bool take(void *context, const struct stored_paper *paper, struct error *error) {
    struct rules **rules = context;
    struct error reason;
    if (paper->kind != PAPER_RULES || paper->number != 0) {
        return true;
    }
    *rules = rules_note_read((struct slice){(const char *)paper->bytes, paper->length}, &reason);
    return *rules != NULL ||
           error_set(error, reason.code == ERROR_NO_MEMORY ? ERROR_NO_MEMORY : ERROR_STORE_FAILED,
                     "the stored rules cannot be read: %s", reason.text);
}

bool rules_note_first(struct store *store, struct rules **rules, struct error *error) {
    *rules = NULL;
    if (store_papers(store, take, rules, error)) {
        return true;
    }
    rules_free(*rules);
    *rules = NULL;
    return false;
}

struct gathering {
    const char *draw_name;
    const struct vkey *key;
    struct kept_rules *rules;
};

static bool gather(void *context, const struct stored_paper *paper, struct error *error) {
    const struct gathering *gathering = context;
    const struct slice note = {(const char *)paper->bytes, paper->length};
    struct error reason;
    if (paper->kind != PAPER_RULES || kept_rules_add(gathering->rules, note, gathering->key, &reason)) {
        return true;
    }
    return error_set(error, reason.code == ERROR_NO_MEMORY ? ERROR_NO_MEMORY : ERROR_STORE_FAILED,
                     "the store is damaged: record %" PRIu32 " of the rules of draw \"%s\": %s",
                     paper->number, gathering->draw_name, reason.text);
}

bool rules_note_all(struct store *store, const char *draw_name, const struct vkey *key,
                    struct kept_rules *rules, struct error *error) {
    struct gathering gathering = {draw_name, key, rules};
    return store_papers(store, gather, &gathering, error);
}
