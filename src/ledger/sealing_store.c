#include "ledger/sealing_store.h"

#include "bet/errors.h"
#include "ledger/draw_papers.h"
#include "ledger/load.h"
#include "ledger/sealing_show.h"
#include "ledger/signing.h"
#include "ledger/state.h"
#include "seal/checkpoint.h"

#include <stdlib.h>

static bool sign_seal(const struct ledger *ledger, const struct hash *root, char note[NOTE_BYTES_MAX],
                      size_t *length, struct error *error) {
    const struct signing_key *keys[] = {ledger->options.notary->key};
    const struct checkpoint seal = {.origin = signed_draw_origin(&ledger->signed_draw),
                                    .size = (uint64_t)ledger->draw.agencies + 1,
                                    .root = *root};
    char text[CHECKPOINT_BYTES_MAX];
    struct draft draft;
    draft_begin(&draft, note, NOTE_BYTES_MAX);
    bool done = note_sign(&draft, (struct slice){text, checkpoint_write(&seal, text)}, keys, 1, error);
    *length = draft.length;
    return done;
}

// A seal in the folder that is not this one was signed before: by a server whose store is gone. Then none is
// signed now.
static bool is_first(struct ledger *ledger, const struct hash *root, bool *is_other, struct error *error) {
    struct sealing *sealing = &ledger->sealing;
    struct small_file file = {.bytes = NULL};
    struct folder folder;
    struct hash kept;
    bool found = false;
    *is_other = false;
    if (!sealing_folder(ledger, &folder, error)) {
        return false;
    }
    bool done =
        folder.descriptor < 0 || folder_read(&folder, "seal.note", NOTE_BYTES_MAX, &file, &found, error);
    folder_close(&folder);
    if (!done || !found) {
        return done;
    }
    if (!sealing_reads(ledger, small_file_text(&file), &kept)) {
        small_file_free(&file);
        return error_set(error, ERROR_KEPT_OTHER,
                         "%.150s/seal.note: is there, and is no seal of this draw: move it away",
                         folder.path) ||
               error_because(error, CAUSE_KEPT_OTHER);
    }
    *is_other = !hash_equal(&kept, root);
    if (*is_other) {
        sealing->other = file.bytes;
        sealing->other_length = file.size;
    } else {
        small_file_free(&file);
    }
    return true;
}

static bool store_seal(struct ledger *ledger, const struct hash *root, struct error *error) {
    char *note = malloc(NOTE_BYTES_MAX);
    size_t length;
    if (note == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for the seal");
    }
    struct stored_draw draw = ledger->draw;
    draw.has_root = true;
    memcpy(draw.root, root->bytes, sizeof draw.root);
    bool done = sign_seal(ledger, root, note, &length, error) && store_begin(ledger->store, error) &&
                store_put_draw(ledger->store, &draw, error) &&
                paper_store(ledger->store, PAPER_SEAL, 0, (struct slice){note, length}, error) &&
                store_commit(ledger->store, error);
    free(note);
    return state_end_draw_copy(ledger, &draw, done);
}

// When another server was quicker, its seal is read.
static bool store_or_find_seal(struct ledger *ledger, const struct hash *root, struct error *error) {
    if (store_seal(ledger, root, error)) {
        return sealing_load(ledger, error);
    }
    return error->code == ERROR_STORE_STALE && load_all(ledger, error) &&
           (ledger->draw.has_root ||
            error_set(error, ERROR_STORE_STALE, "another server has changed the draw"));
}

bool sealing_store(struct ledger *ledger, const struct hash *root, bool *is_of_store, struct error *error) {
    bool is_other;
    *is_of_store = false;
    if (!is_first(ledger, root, &is_other, error)) {
        return false;
    }
    *is_of_store = !is_other && !store_or_find_seal(ledger, root, error);
    return !*is_of_store;
}
