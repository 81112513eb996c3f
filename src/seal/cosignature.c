#include "seal/cosignature.h"

#include "seal/big_endian.h"
#include "seal/checkpoint.h"
#include "seal/errors.h"

#include <inttypes.h>

enum { MESSAGE_BYTES_MAX = CHECKPOINT_BYTES_MAX + 64, TIME_BYTES = 8 };

// What is signed. Returns false when the text is longer than any checkpoint.
static bool make_message(struct draft *draft, char room[MESSAGE_BYTES_MAX], uint64_t time,
                         struct slice checkpoint) {
    draft_begin(draft, room, MESSAGE_BYTES_MAX);
    draft_print(draft, "cosignature/v1\ntime %" PRIu64 "\n", time);
    draft_add(draft, checkpoint);
    return !draft->is_over;
}

bool cosignature_check(const struct note *note, const struct vkey *witness, bool *has_signed, uint64_t *time,
                       struct error *error) {
    uint8_t payload[TIME_BYTES + SIGNATURE_BYTES];
    char room[MESSAGE_BYTES_MAX];
    struct draft message;
    struct error fault;
    if (witness->type != VKEY_COSIGNATURE) {
        return error_set(error, ERROR_BAD_FORM, "%s: %s is not a witness' key", note->what, witness->name);
    }
    if (!note_find(note, witness, payload, sizeof payload, has_signed, error)) {
        return false;
    }
    if (!*has_signed) {
        return true;
    }
    *time = take_u64(payload);
    if (!make_message(&message, room, *time, note->text)) {
        return error_set(error, ERROR_BAD_FORM, "%s: is no checkpoint, which a witness signs", note->what);
    }
    return vkey_verify(witness, room, message.length, payload + TIME_BYTES, &fault) ||
           error_set(error, fault.code, "%s: %s", note->what, fault.text);
}

bool cosignature_add(struct draft *draft, struct slice checkpoint, const struct signing_key *witness,
                     uint64_t time, struct error *error) {
    uint8_t payload[TIME_BYTES + SIGNATURE_BYTES];
    char room[MESSAGE_BYTES_MAX];
    struct draft message;
    put_u64(payload, time);
    if (!make_message(&message, room, time, checkpoint)) {
        return error_set(error, ERROR_BAD_FORM, "the text is longer than any checkpoint");
    }
    if (!signing_key_sign(witness, room, message.length, payload + TIME_BYTES, error)) {
        return false;
    }
    note_draft_line(draft, signing_key_public(witness), payload, sizeof payload);
    return !draft->is_over || error_set(error, ERROR_BAD_FORM, "the note has no room");
}
