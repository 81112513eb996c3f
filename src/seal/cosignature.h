// What a witness signs (C2SP tlog-cosignature, cosignature/v1): a checkpoint, together with when it saw it.
#ifndef QUINIELA_SEAL_COSIGNATURE_H
#define QUINIELA_SEAL_COSIGNATURE_H

#include "seal/note.h"

// Looks for the cosignature of the witness (its key is of type VKEY_COSIGNATURE) on the note, whose text is a
// checkpoint, and checks it. *has_signed says whether there is one, *time when it says it was made, in
// seconds since 1970. ERROR_BAD_FORM, ERROR_FALSE_CLAIM, ERROR_NO_MEMORY.
bool cosignature_check(const struct note *note, const struct vkey *witness, bool *has_signed, uint64_t *time,
                       struct error *error) MUST_CHECK;

// Appends the witness' line, of this time, for the checkpoint. ERROR_NO_MEMORY; ERROR_BAD_FORM when it has no
// room.
bool cosignature_add(struct draft *draft, struct slice checkpoint, const struct signing_key *witness,
                     uint64_t time, struct error *error) MUST_CHECK;

#endif
