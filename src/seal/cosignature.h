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

// Appends to the draft the cosignatures that `more`, a note of the same text as `seal`, has and that lacks,
// or has of a later time: those of the `count` witnesses, each of which must be right. *added says how many.
// What `more` has besides is left out. ERROR_BAD_FORM, ERROR_FALSE_CLAIM (also for another text),
// ERROR_NO_MEMORY.
bool cosignature_join(struct draft *draft, const struct note *seal, const struct note *more,
                      const struct vkey *witnesses, size_t count, size_t *added,
                      struct error *error) MUST_CHECK;

// Appends to the draft, which holds the seal's note, the cosignatures of `notes`, which are of its text, that
// cosignature_join has made one after the other: of each of the `witness_count` witnesses the line that says
// the earliest time. ERROR_BAD_FORM (also when they have no room), ERROR_FALSE_CLAIM, ERROR_NO_MEMORY.
bool cosignatures_gather(struct draft *draft, const struct slice *notes, size_t count,
                         const struct vkey *witnesses, size_t witness_count, struct error *error) MUST_CHECK;

#endif
