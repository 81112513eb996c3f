#include "prove/sealed_draw.h"

#include "bet/errors.h"
#include "seal/cosignature.h"
#include "seal/errors.h"
#include "seal/origin.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>

// Papers ----------------------------------------------------------------------------------------------------

static bool keep_paper(void *context, const struct stored_paper *paper, struct error *error) {
    struct sealed_draw *sealed = context;
    if (paper->kind > PAPER_TIMESTAMP) {
        return true;
    }
    struct sealed_paper *more = reallocarray(sealed->papers, sealed->paper_count + 1, sizeof *more);
    if (more == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for what was signed of the draw");
    }
    sealed->papers = more;
    char *bytes = malloc(paper->length + 1);
    if (bytes == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for what was signed of the draw");
    }
    memcpy(bytes, paper->bytes, paper->length);
    bytes[paper->length] = '\0';
    sealed->papers[sealed->paper_count++] =
        (struct sealed_paper){paper->kind, paper->number, bytes, paper->length};
    return true;
}

static struct slice paper_text(const struct sealed_paper *paper) {
    return (struct slice){paper->bytes, paper->length};
}

// The rules -------------------------------------------------------------------------------------------------

// The key that the first record names: that all records are signed by it is checked next.
static bool find_key(struct slice first, struct note *note, struct vkey *key, struct error *error) {
    if (!note_parse("the rules", first, note, error)) {
        return false;
    }
    struct rules *rules = rules_parse(note->text, error);
    if (rules == NULL) {
        return false;
    }
    *key = rules->key;
    rules_free(rules);
    return true;
}

static bool take_rules(struct sealed_draw *sealed, struct note *note, struct error *error) {
    struct vkey key;
    for (size_t i = 0; i < sealed->paper_count; i++) {
        if (sealed->papers[i].kind != PAPER_RULES) {
            continue;
        }
        struct slice text = paper_text(&sealed->papers[i]);
        if ((sealed->rules.count == 0 && !find_key(text, note, &key, error)) ||
            !kept_rules_add(&sealed->rules, text, &key, error)) {
            return false;
        }
    }
    sealed->newest = kept_rules_newest(&sealed->rules);
    return (sealed->newest != NULL && sealed->rules.count == sealed->row.rules) ||
           error_set(error, ERROR_FALSE_CLAIM,
                     "%zu records of the rules are stored, and there should be %" PRIu32, sealed->rules.count,
                     sealed->row.rules);
}

// Whether row and rules are of one draw.
static bool check_row(const struct sealed_draw *sealed, const char *draw, struct error *error) {
    const struct rules *rules = sealed->newest;
    struct hash hash;
    assert(rules != NULL); // take_rules has set it
    secret_hash(sealed->row.secret, &hash);
    if (!hash_equal(&hash, &rules->secret)) {
        return error_set(error, ERROR_FALSE_CLAIM,
                         "the stored secret is not the one whose hash the rules have");
    }
    if (rules->agencies != sealed->row.agencies) {
        return error_set(error, ERROR_FALSE_CLAIM,
                         "the newest rules are of %" PRIu32 " agencies, and the draw has %" PRIu32,
                         rules->agencies, sealed->row.agencies);
    }
    return slice_is(origin_draw(rules->origin), draw) ||
           error_set(error, ERROR_FALSE_CLAIM, "the stored rules are of another draw, %.*s",
                     (int)rules->origin.length, rules->origin.text);
}

// The seal --------------------------------------------------------------------------------------------------

// The seal's note, checked, in `note`.
static bool take_seal(struct sealed_draw *sealed, struct note *note, struct error *error) {
    const struct rules *rules = sealed->newest;
    for (size_t i = 0; i < sealed->paper_count; i++) {
        if (sealed->papers[i].kind == PAPER_SEAL) {
            sealed->plain_note = paper_text(&sealed->papers[i]);
        }
    }
    if (sealed->plain_note.text == NULL) {
        return error_set(error, ERROR_FALSE_CLAIM, "the seal's root is stored, and its note is not");
    }
    if (!note_parse("the seal", sealed->plain_note, note, error) ||
        !note_check(note, sealed_draw_key(sealed), error) ||
        !checkpoint_parse(note->text, &sealed->seal, error)) {
        return false;
    }
    sealed->text = note->text;
    if (!slice_equal(sealed->seal.origin, rules->origin) ||
        sealed->seal.size != (uint64_t)rules->agencies + 1 ||
        memcmp(sealed->seal.root.bytes, sealed->row.root, HASH_BYTES) != 0) {
        return error_set(error, ERROR_FALSE_CLAIM,
                         "the stored seal is of another draw, size or root than the row");
    }
    sealed->seal.origin = rules->origin;
    return true;
}

// Adds the witnesses' lines to the seal's note.
static bool join_cosignatures(struct sealed_draw *sealed, struct error *error) {
    const struct rules *rules = sealed->newest;
    struct slice *notes = calloc(sealed->paper_count + 1, sizeof *notes);
    struct draft draft;
    size_t count = 0;
    if (notes == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for notes");
    }
    for (size_t i = 0; i < sealed->paper_count; i++) {
        if (sealed->papers[i].kind == PAPER_COSIGNATURE) {
            notes[count++] = paper_text(&sealed->papers[i]);
        }
    }
    draft_begin(&draft, sealed->note, sizeof sealed->note);
    draft_add(&draft, sealed->plain_note);
    bool done = cosignatures_gather(&draft, notes, count, rules->witnesses, rules->witness_count, error);
    sealed->note_length = draft.length;
    free(notes);
    return done;
}

// All of it -------------------------------------------------------------------------------------------------

static bool is_sealed(const struct stored_draw *row, bool found, struct error *error) {
    if (!found) {
        return error_set(error, ERROR_STORE_FAILED, "there is no such draw in the store");
    }
    if (row->erased_at[0] != '\0') {
        return error_set(error, ERROR_DRAW_ERASED, "erased at %s: its bets and its secret are gone",
                         row->erased_at);
    }
    if (row->rules == 0 || !row->has_secret) {
        return error_set(error, ERROR_STORE_FAILED,
                         "unsigned: it was opened without SIGN_KEY, so nothing of it can be proved");
    }
    if (!row->has_root && row->forked_at[0] != '\0') {
        return error_set(
            error, ERROR_STORE_FAILED,
            "another seal of it was seen at %s, and it has none itself: find out who signed two, "
            "and hold another draw",
            row->forked_at);
    }
    return row->has_root || error_set(error, ERROR_STORE_FAILED,
                                      "%s: it has no seal yet; try again once its server has made it",
                                      draw_state_name(row->state));
}

static bool read_papers(struct store *store, struct sealed_draw *sealed, struct error *error) {
    struct note *note = malloc(sizeof *note);
    if (note == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for notes");
    }
    bool done = store_papers(store, keep_paper, sealed, error) && take_rules(sealed, note, error) &&
                check_row(sealed, store_draw_name(store), error) && take_seal(sealed, note, error) &&
                join_cosignatures(sealed, error);
    free(note);
    return done;
}

bool sealed_draw_read(struct store *store, struct sealed_draw **sealed, struct error *error) {
    struct sealed_draw *made = calloc(1, sizeof *made);
    bool found;
    *sealed = NULL;
    if (made == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for a sealed draw");
    }
    if (store_get_draw(store, &made->row, &found, error) && is_sealed(&made->row, found, error) &&
        read_papers(store, made, error)) {
        *sealed = made;
        return true;
    }
    const struct error reason = *error;
    sealed_draw_free(made);
    return error_set(error, reason.code, "draw \"%s\": %s", store_draw_name(store), reason.text);
}

void sealed_draw_free(struct sealed_draw *sealed) {
    if (sealed == NULL) {
        return;
    }
    for (size_t i = 0; i < sealed->paper_count; i++) {
        free(sealed->papers[i].bytes);
    }
    free(sealed->papers);
    kept_rules_free(&sealed->rules);
    stored_draw_forget(&sealed->row);
    free(sealed);
}

void sealed_draw_agency_key(const struct sealed_draw *sealed, uint32_t agency,
                            uint8_t key[AGENCY_KEY_BYTES]) {
    agency_key_make(sealed->row.secret, sealed->newest->origin, agency, key);
}
