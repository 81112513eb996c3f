#include "service/lottery/shown_seal.h"

#include "bet/errors.h"
#include "ledger/notice.h"
#include "seal/checkpoint.h"
#include "seal/draft.h"
#include "seal/note.h"
#include "seal/rules.h"
#include "wire/limits.h"

#include <assert.h>
#include <stdlib.h>

static_assert((int)SHOWN_SEAL_BYTES_MAX == (int)NOTE_BYTES_MAX, "every note can be shown");

static bool refuse(struct error *error, const char *reason) {
    error_set(error, ERROR_BAD_MESSAGE, "seal: is no seal of this draw: %s", reason);
    error->field = "seal";
    return false;
}

// A note's text ends where the first empty line begins.
static struct slice text_of(struct slice note) {
    const char *end = memmem(note.text, note.length, "\n\n", 2);
    return end == NULL ? note : (struct slice){note.text, (size_t)(end + 1 - note.text)};
}

// The rules' first record, which has the draw's origin and its key. NULL with `error`.
static struct rules *read_rules(struct notice *notice, struct error *error) {
    size_t length;
    bool no_memory;
    char *notes = notice == NULL ? NULL : notice_rules(notice, &length, &no_memory);
    if (notes == NULL) {
        if (notice != NULL && no_memory) {
            error_set(error, ERROR_NO_MEMORY, "no memory for the rules");
        } else {
            refuse(error, "the draw is not signed");
        }
        return NULL;
    }
    struct rules *rules = rules_parse(text_of((struct slice){notes, length}), error);
    free(notes);
    return rules;
}

// Whether it is signed by the draw's key, and of its origin. `line` is that key's.
static bool check(const struct rules *rules, struct slice shown, struct note *note, struct slice *line,
                  struct error *error) {
    struct checkpoint seal;
    struct error reason;
    if (!note_parse("the seal", shown, note, &reason) || !note_check(note, &rules->key, &reason) ||
        !checkpoint_parse(note->text, &seal, &reason)) {
        return reason.code == ERROR_NO_MEMORY ? error_set(error, reason.code, "%s", reason.text)
                                              : refuse(error, reason.text);
    }
    for (size_t i = 0; i < note->count; i++) {
        if (note_signature_is_of(&note->signatures[i], &rules->key)) {
            *line = note->signatures[i].whole;
        }
    }
    return slice_equal(seal.origin, rules->origin) || refuse(error, "its origin is of another draw");
}

static bool copy(struct slice text, struct slice line, char **made, size_t *length, struct error *error) {
    struct draft draft;
    *length = text.length + 1 + line.length;
    *made = malloc(*length);
    if (*made == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for a seal");
    }
    draft_begin(&draft, *made, *length);
    draft_add(&draft, text);
    draft_print(&draft, "\n");
    draft_add(&draft, line);
    return true;
}

// Sets *is for a note of that text, as far as the server's own seal tells.
static bool compare(struct notice *notice, struct slice shown, enum shown_seal *is, struct error *error) {
    size_t length;
    bool no_memory = false;
    char *own = notice == NULL ? NULL : notice_seal(notice, &length, &no_memory);
    *is = own == NULL                                                         ? SHOWN_SEAL_EARLY
          : slice_equal(text_of((struct slice){own, length}), text_of(shown)) ? SHOWN_SEAL_OURS
                                                                              : SHOWN_SEAL_OTHER;
    free(own);
    return !no_memory || error_set(error, ERROR_NO_MEMORY, "no memory for the seal");
}

bool shown_seal_judge(struct notice *notice, struct bet_slice shown, enum shown_seal *is, char **made,
                      size_t *length, struct error *error) {
    struct slice bytes = {shown.text, shown.length}, line = {NULL, 0};
    struct note note;
    *made = NULL;
    if (!compare(notice, bytes, is, error) || *is == SHOWN_SEAL_OURS) {
        return *is == SHOWN_SEAL_OURS;
    }
    struct rules *rules = read_rules(notice, error);
    bool done = rules != NULL && check(rules, bytes, &note, &line, error) &&
                copy(note.text, line, made, length, error);
    rules_free(rules);
    return done;
}
