#include "ledger/rules_note.h"

#include "bet/errors.h"
#include "seal/note.h"
#include "store/store.h"

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
