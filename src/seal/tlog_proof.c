#include "seal/tlog_proof.h"

#include "seal/encoding.h"
#include "seal/errors.h"
#include "seal/limits.h"
#include "seal/note.h"

#include <inttypes.h>

static const char first_line[] = "c2sp.org/tlog-proof@v1";

bool path_take(struct form *form, struct merkle_path *path, struct error *error) {
    struct slice line;
    path->length = 0;
    for (;;) {
        if (!form_line(form, &line, error)) {
            return false;
        }
        if (line.length == 0) {
            return true;
        }
        if (path->length == MERKLE_LEVELS_MAX) {
            return form_refuse(form, error, "is one more hash than any path has");
        }
        if (!base64_decode_exactly(line, path->hashes[path->length].bytes, HASH_BYTES)) {
            return form_refuse(form, error, "is no base64 of 32 bytes");
        }
        path->length++;
    }
}

void path_put(struct draft *draft, const struct merkle_path *path) {
    for (size_t i = 0; i < path->length; i++) {
        draft_hash(draft, "", &path->hashes[i], "\n");
    }
}

bool tlog_proof_take(struct form *form, struct tlog_proof *proof, struct error *error) {
    if (!form_literal(form, first_line, error) ||
        !form_number(form, "index", 0, UINT64_MAX, &proof->index, error) ||
        !path_take(form, &proof->path, error)) {
        return false;
    }
    proof->note = (struct slice){form->at, (size_t)(form->end - form->at)};
    form->at = form->end;
    return true;
}

bool tlog_proof_parse(struct slice text, struct tlog_proof *proof, struct error *error) {
    struct form form;
    if (text.length > PROOF_BYTES_MAX) {
        return error_set(error, ERROR_BAD_FORM, "the proof: has more than %d bytes", PROOF_BYTES_MAX);
    }
    form_begin(&form, "the proof", text);
    return tlog_proof_take(&form, proof, error);
}

void tlog_proof_put(struct draft *draft, const struct tlog_proof *proof) {
    draft_print(draft, "%s\nindex %" PRIu64 "\n", first_line, proof->index);
    path_put(draft, &proof->path);
    draft_print(draft, "\n");
    draft_add(draft, proof->note);
}

// The seal of the note, signed by the key.
static bool open_note(struct slice bytes, const struct vkey *key, struct slice origin,
                      struct checkpoint *seal, struct error *error) {
    struct note note;
    if (!note_parse("the proof's seal", bytes, &note, error) || !note_check(&note, key, error) ||
        !checkpoint_parse(note.text, seal, error)) {
        return false;
    }
    return origin.text == NULL || slice_equal(origin, seal->origin) ||
           error_set(error, ERROR_FALSE_CLAIM, "the proof is of another draw, %.*s", (int)seal->origin.length,
                     seal->origin.text);
}

bool tlog_proof_check(const struct tlog_proof *proof, const struct vkey *key, struct slice origin,
                      const struct agency_entry *entry, struct checkpoint *seal, struct error *error) {
    if (!open_note(proof->note, key, origin, seal, error)) {
        return false;
    }
    struct agency_entry own = *entry;
    own.origin = entry->origin.length == 0 ? seal->origin : entry->origin;
    if (!slice_equal(own.origin, seal->origin) || proof->index != own.agency) {
        return error_set(error, ERROR_FALSE_CLAIM, "the proof is of another draw or agency than its entry");
    }
    struct hash leaf, root;
    agency_entry_leaf(&own, &leaf);
    if (!merkle_path_root(&proof->path, proof->index, seal->size, &leaf, &root) ||
        !hash_equal(&root, &seal->root)) {
        return error_set(error, ERROR_FALSE_CLAIM,
                         "the proof does not lead to the seal: what it says of agency %" PRIu32
                         " is not sealed",
                         own.agency);
    }
    return true;
}
