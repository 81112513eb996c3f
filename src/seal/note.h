// Signed notes (C2SP signed-note): a text, an empty line, and lines of signatures. What comes may be an
// enemy's.
#ifndef QUINIELA_SEAL_NOTE_H
#define QUINIELA_SEAL_NOTE_H

#include "seal/draft.h"
#include "seal/signing_key.h"
#include "seal/vkey.h"

enum { NOTE_PAYLOAD_BYTES_MAX = 8 + SIGNATURE_BYTES }; // that a known key has: a time, a signature

struct note_signature {
    struct slice whole; // the line, with its line end
    struct slice name, base64;
    uint8_t id[KEY_ID_BYTES];
    size_t line; // its number within the note, from 1
};

// A note that was read: everything points into its bytes.
struct note {
    const char *what;  // "the seal", for what is said of it
    struct slice text; // with its last line end
    size_t count;
    struct note_signature signatures[NOTE_SIGNATURES_MAX];
};

// Reads a note, at most NOTE_BYTES_MAX bytes; `what` is a string constant. No signature is checked yet.
// ERROR_BAD_FORM, with the line.
bool note_parse(const char *what, struct slice bytes, struct note *note, struct error *error) MUST_CHECK;

// Whether the line is one of that key: it has its name and its id.
bool note_signature_is_of(const struct note_signature *signature, const struct vkey *key);

// Looks for the key's only line, and sets *found to whether there is one: then `payload` has what follows the
// id. ERROR_BAD_FORM when the key has two lines, or one whose payload is not of `length` bytes.
bool note_find(const struct note *note, const struct vkey *key, uint8_t *payload, size_t length, bool *found,
               struct error *error) MUST_CHECK;

// Checks the signature that the key (Ed25519) must have made: exactly one line, and that one right.
// ERROR_BAD_FORM, ERROR_FALSE_CLAIM, ERROR_NO_MEMORY.
bool note_check(const struct note *note, const struct vkey *key, struct error *error) MUST_CHECK;

// The same for a key that need not have signed: *has_signed says whether it has.
bool note_check_if_signed(const struct note *note, const struct vkey *key, bool *has_signed,
                          struct error *error) MUST_CHECK;

// Appends a signature line of the key: its id and the payload.
void note_draft_line(struct draft *draft, const struct vkey *key, const void *payload, size_t length);

// Signs `text`, which ends in a line end, with each of the keys (Ed25519), in this order, and writes the
// whole note. ERROR_NO_MEMORY; ERROR_BAD_FORM when it has no room in the draft.
bool note_sign(struct draft *draft, struct slice text, const struct signing_key *const *keys, size_t count,
               struct error *error) MUST_CHECK;

#endif
