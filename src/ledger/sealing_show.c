#include "ledger/sealing_show.h"

#include "base/log.h"
#include "bet/errors.h"
#include "ledger/notes.h"
#include "ledger/notice.h"
#include "ledger/signing.h"
#include "ledger/state.h"
#include "seal/checkpoint.h"
#include "seal/cosignature.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>

// What is stored --------------------------------------------------------------------------------------------

static bool read_seal(const struct ledger *ledger, struct slice bytes, struct note *note,
                      struct checkpoint *seal, struct error *error) {
    const struct rules *rules = signed_draw_rules(&ledger->signed_draw);
    return note_parse("the seal", bytes, note, error) && note_check(note, &rules->key, error) &&
           checkpoint_parse(note->text, seal, error) &&
           (slice_equal(seal->origin, signed_draw_origin(&ledger->signed_draw)) ||
            error_set(error, ERROR_BAD_PAPER, "the seal is of %.*s", (int)seal->origin.length,
                      seal->origin.text));
}

bool sealing_reads(const struct ledger *ledger, struct slice bytes, struct hash *root) {
    struct note *note = malloc(sizeof *note);
    struct checkpoint seal;
    struct error ignored;
    bool is_one = note != NULL && signing_is_on(ledger) && read_seal(ledger, bytes, note, &seal, &ignored);
    if (is_one) {
        *root = seal.root;
    }
    free(note);
    return is_one;
}

// That the stored seal is of this draw's tree: then its hash is known.
static bool take_seal(struct ledger *ledger, const struct paper *paper, struct error *error) {
    struct note *note = malloc(sizeof *note);
    struct checkpoint seal;
    struct error reason;
    if (note == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for the seal");
    }
    bool is_right = read_seal(ledger, paper_bytes(paper), note, &seal, &reason);
    if (is_right && (seal.size != (uint64_t)ledger->draw.agencies + 1 ||
                     memcmp(seal.root.bytes, ledger->draw.root, HASH_BYTES) != 0)) {
        is_right = error_set(&reason, ERROR_BAD_PAPER, "it is not of the root that is stored with the draw");
    }
    if (is_right) {
        hash_of(note->text.text, note->text.length, &ledger->sealing.hash);
    }
    free(note);
    return is_right ||
           error_set(error, reason.code == ERROR_NO_MEMORY ? reason.code : ERROR_STORE_FAILED,
                     "the stored seal of draw \"%s\" is not right: %.200s; see quiniela check",
                     ledger->draw_name, reason.text) ||
           error_because(error, reason.code == ERROR_NO_MEMORY ? NULL : CAUSE_DAMAGED);
}

// The papers are not those of the draw's row. In a shared store another server may have stored its seal after
// the row was read; then both are read again.
static bool refuse_papers(struct ledger *ledger, bool has_seal, struct error *error) {
    struct stored_draw draw = {0};
    bool found;
    if (ledger->is_shared && !store_get_draw(ledger->store, &draw, &found, error)) {
        return false;
    }
    bool is_stale = ledger->is_shared && draw.checksum != ledger->draw.checksum;
    stored_draw_forget(&draw);
    if (is_stale) {
        return error_set(error, ERROR_STORE_STALE, "another server has sealed draw \"%s\"",
                         ledger->draw_name);
    }
    return error_set(error, ERROR_STORE_FAILED,
                     "the store is damaged: of draw \"%s\" it has %s; see quiniela check", ledger->draw_name,
                     has_seal ? "the seal and no root" : "the root and no seal") ||
           error_because(error, CAUSE_DAMAGED);
}

static bool check_papers(struct ledger *ledger, const struct draw_papers *papers, struct error *error) {
    const struct paper *seal = draw_papers_find(papers, PAPER_SEAL, 0);
    if ((seal != NULL) != ledger->draw.has_root) {
        return refuse_papers(ledger, seal != NULL, error);
    }
    return seal == NULL || take_seal(ledger, seal, error);
}

// Agencies may have shown another seal before this one was known.
static void look_at_early(struct ledger *ledger) {
    struct sealing *sealing = &ledger->sealing;
    if (sealing->note != NULL && sealing->other == NULL && ledger->draw.forked_at[0] == '\0') {
        sealing->other = early_seals_take_other(&sealing->early, ledger->draw.root, &sealing->other_length);
        sealing->again_ms = sealing->other != NULL ? 0 : sealing->again_ms;
    }
}

// What was read before stays until all of it has been read again.
bool sealing_read(struct ledger *ledger, struct error *error) {
    struct draw_papers papers = {.list = NULL};
    if (signing_is_on(ledger) && ledger->draw.state != DRAW_OPEN &&
        !(draw_papers_read(ledger->store, &papers, error) && check_papers(ledger, &papers, error))) {
        draw_papers_free(&papers);
        return false;
    }
    draw_papers_free(&ledger->sealing.papers);
    ledger->sealing.papers = papers;
    ledger->sealing.note = draw_papers_find(&papers, PAPER_SEAL, 0);
    look_at_early(ledger);
    return true;
}

// The folder ------------------------------------------------------------------------------------------------

bool sealing_folder(const struct ledger *ledger, struct folder *folder, struct error *error) {
    const char *path = ledger->options.seal_dir;
    *folder = (struct folder){.descriptor = -1};
    return path == NULL || path[0] == '\0' || folder_open(path, ledger->draw_name, folder, error);
}

// Once one is recorded, no other needs to be.
static void take_other(struct ledger *ledger, struct small_file *file) {
    struct sealing *sealing = &ledger->sealing;
    if (sealing->other != NULL || ledger->draw.forked_at[0] != '\0') {
        small_file_free(file);
        return;
    }
    sealing->other = file->bytes;
    sealing->other_length = file->size;
    sealing->again_ms = 0; // at once, whatever has failed before
}

// The folder has another one: if that is a seal of this draw, it is to be recorded.
static bool look_at_other(struct ledger *ledger, const struct folder *folder, struct error *error) {
    struct small_file file;
    struct hash root;
    bool found;
    if (!folder_read(folder, "seal.note", NOTE_BYTES_MAX, &file, &found, error)) {
        return false;
    }
    if (found && sealing_reads(ledger, small_file_text(&file), &root) &&
        memcmp(root.bytes, ledger->draw.root, HASH_BYTES) != 0) {
        take_other(ledger, &file);
        return error_set(error, ERROR_FORKED, "%.150s/seal.note: is another seal of this draw",
                         folder->path) ||
               error_because(error, "another seal of this draw is kept");
    }
    small_file_free(&file);
    return error_set(error, ERROR_KEPT_OTHER,
                     "%.150s/seal.note: is there, and is not the seal of this draw: move it away",
                     folder->path) ||
           error_because(error, CAUSE_KEPT_OTHER);
}

static bool keep_seal(struct ledger *ledger, const struct folder *folder, struct error *error) {
    struct error reason;
    if (folder->descriptor < 0 ||
        folder_keep(folder, "seal.note", paper_bytes(ledger->sealing.note), &reason)) {
        return true;
    }
    *error = reason;
    return reason.code == ERROR_KEPT_OTHER ? look_at_other(ledger, folder, error) : false;
}

bool sealing_look_in_folder(struct ledger *ledger, struct error *error) {
    struct folder folder;
    if (!signing_is_on(ledger) || !sealing_folder(ledger, &folder, error)) {
        return !signing_is_on(ledger);
    }
    bool is_ours = keep_seal(ledger, &folder, error);
    folder_close(&folder);
    return is_ours;
}

// A file that has something else stays: it is of a store that was there before. Only that it does is logged.
static bool stays(const struct error *reason, struct error *error) {
    if (reason->code != ERROR_KEPT_OTHER) {
        *error = *reason;
        return false;
    }
    struct log_source source = {.error = error_name(reason->code)};
    (void)log_event_limited(&source, LOG_LEVEL_WARNING, "seal", LOG_FAIL, "error: %s | message: %s",
                            source.error, reason->text);
    return true;
}

// Whatever else belongs to the seal; and the rules, of which it is, if the folder was lost and made again.
static bool keep_papers(struct ledger *ledger, const struct folder *folder, struct error *error) {
    const struct draw_papers *papers = &ledger->sealing.papers;
    struct error reason;
    if (!signing_keep(ledger, &reason) && !stays(&reason, error)) {
        return false;
    }
    for (size_t i = 0; folder->descriptor >= 0 && i < papers->count; i++) {
        char name[FOLDER_NAME_BYTES_MAX];
        enum store_paper kind = papers->list[i].kind;
        paper_name(kind, papers->list[i].number, name);
        if (kind != PAPER_SEAL && kind != PAPER_RESULT &&
            !folder_keep(folder, name, paper_bytes(&papers->list[i]), &reason) && !stays(&reason, error)) {
            return false;
        }
    }
    return true;
}

// Showing ---------------------------------------------------------------------------------------------------

bool sealing_cosigned(const struct ledger *ledger, const struct draw_papers *papers, char *room,
                      size_t *length, struct error *error) {
    const struct paper_terms terms = sealing_terms(ledger);
    struct slice *notes = malloc((papers->count + 1) * sizeof *notes);
    struct draft draft;
    size_t count = 0;
    assert(terms.rules != NULL); // as there is a seal
    if (notes == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for the cosigned seal");
    }
    for (size_t i = 0; i < papers->count; i++) {
        if (papers->list[i].kind == PAPER_COSIGNATURE) {
            notes[count++] = paper_bytes(&papers->list[i]);
        }
    }
    draft_begin(&draft, room, NOTE_BYTES_MAX);
    draft_add(&draft, terms.seal);
    bool done =
        cosignatures_gather(&draft, notes, count, terms.rules->witnesses, terms.rules->witness_count, error);
    *length = draft.length;
    free(notes);
    return done;
}

// A stored cosignature that is not right any more is left out with the others: the seal is shown all the
// same.
static bool show_seal(struct ledger *ledger, struct error *error) {
    char *room = malloc(NOTE_BYTES_MAX);
    struct error reason;
    size_t length = 0;
    bool done = room != NULL;
    if (done && !sealing_cosigned(ledger, &ledger->sealing.papers, room, &length, &reason)) {
        done = reason.code != ERROR_NO_MEMORY;
        length = ledger->sealing.note->length;
    }
    done = done && (ledger->options.notice == NULL ||
                    notice_put_seal(ledger->options.notice, (struct slice){room, length}));
    free(room);
    return done || error_set(error, ERROR_NO_MEMORY, "no memory to show the seal");
}

static bool show_result(struct ledger *ledger, const struct paper *result, struct error *error) {
    return ledger->options.notice == NULL || notice_put_result(ledger->options.notice, paper_bytes(result)) ||
           error_set(error, ERROR_NO_MEMORY, "no memory to show the result");
}

static bool keep_and_show_seal(struct ledger *ledger, const struct folder *folder, struct error *error) {
    if (ledger->sealing.note == NULL) {
        return true;
    }
    bool done = keep_seal(ledger, folder, error) && show_seal(ledger, error);
    ledger->sealing.is_shown = ledger->sealing.is_shown || done;
    return done;
}

// A result that the folder does not have is not shown: there may be no second one.
static bool keep_and_show_result(struct ledger *ledger, const struct folder *folder, struct error *error) {
    const struct paper *result = draw_papers_find(&ledger->sealing.papers, PAPER_RESULT, 0);
    if (result == NULL) {
        return ledger->draw.state != DRAW_DRAWN ||
               error_set(error, ERROR_STORE_FAILED,
                         "the store is damaged: of draw \"%s\" it has no result; see quiniela check",
                         ledger->draw_name) ||
               error_because(error, CAUSE_DAMAGED);
    }
    bool done = (folder->descriptor < 0 || folder_keep(folder, "result.note", paper_bytes(result), error)) &&
                show_result(ledger, result, error);
    ledger->sealing.result_is_shown = done;
    return done;
}

// What another seal shows is kept, too, whether there is one to be shown or not.
bool sealing_show(struct ledger *ledger, struct error *error) {
    struct folder folder;
    struct error ignored;
    if (ledger->sealing.papers.count == 0) {
        return true;
    }
    ledger->sealing.papers_are_kept = false;
    if (!sealing_folder(ledger, &folder, error)) {
        return false;
    }
    bool done = keep_and_show_seal(ledger, &folder, error) && keep_and_show_result(ledger, &folder, error);
    bool are_kept = keep_papers(ledger, &folder, done ? error : &ignored);
    ledger->sealing.papers_are_kept = are_kept;
    folder_close(&folder);
    notes_tell_drawn(ledger);
    return done && are_kept;
}

bool sealing_is_shown(const struct ledger *ledger) {
    return ledger->sealing.is_shown;
}

bool sealing_is_behind(const struct ledger *ledger) {
    const struct sealing *sealing = &ledger->sealing;
    bool lacks_seal = ledger->draw.forked_at[0] == '\0' && !sealing->is_shown;
    bool lacks_result = ledger->draw.state == DRAW_DRAWN && !sealing->result_is_shown;
    bool lacks_papers = sealing->papers.count > 0 && !sealing->papers_are_kept;
    return sealing->other == NULL &&
           ((ledger->draw.has_root && (lacks_seal || lacks_result)) || lacks_papers);
}

bool sealing_load(struct ledger *ledger, struct error *error) {
    struct error reason;
    if (!sealing_read(ledger, error)) {
        return false;
    }
    bool done = sealing_show(ledger, &reason);
    if (!done && !ledger->sealing.fails) {
        log_event(LOG_LEVEL_ERROR, "seal", LOG_FAIL, "draw: %s | error: %s | message: %s", ledger->draw_name,
                  error_name(reason.code), reason.text);
    }
    ledger->sealing.fails = !done;
    return true;
}

// A paper is never removed, and the draw's row does not change with it.
bool sealing_look(struct ledger *ledger, struct error *error) {
    uint32_t count;
    if (ledger->sealing.note == NULL) {
        return true;
    }
    return store_count_papers(ledger->store, &count, error) &&
           (count == ledger->sealing.papers.count || sealing_load(ledger, error));
}

struct paper_terms sealing_terms(const struct ledger *ledger) {
    return (struct paper_terms){.notary = ledger->options.notary,
                                .rules = signed_draw_rules(&ledger->signed_draw),
                                .seal = paper_bytes(ledger->sealing.note),
                                .hash = ledger->sealing.hash};
}
