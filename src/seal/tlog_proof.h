// C2SP's tlog-proof: that an entry is in the tree of a checkpoint. Here it proves an agency's entry in the
// draw tree.
#ifndef QUINIELA_SEAL_TLOG_PROOF_H
#define QUINIELA_SEAL_TLOG_PROOF_H

#include "seal/checkpoint.h"
#include "seal/draft.h"
#include "seal/draw_entry.h"
#include "seal/form.h"
#include "seal/merkle_path.h"
#include "seal/vkey.h"

struct tlog_proof {
    uint64_t index; // of the entry in the tree
    struct merkle_path path;
    struct slice note; // the seal's
};

// Reads the proof, at most PROOF_BYTES_MAX bytes. What it says is not checked yet; the note points into
// `text`. ERROR_BAD_FORM.
bool tlog_proof_parse(struct slice text, struct tlog_proof *proof, struct error *error) MUST_CHECK;

// Reads it as the rest of a form.
bool tlog_proof_take(struct form *form, struct tlog_proof *proof, struct error *error) MUST_CHECK;

// Appends the proof.
void tlog_proof_put(struct draft *draft, const struct tlog_proof *proof);

// Reads lines of a hash each, as many as there are, up to an empty line, which it takes; and appends lines of
// a hash each.
bool path_take(struct form *form, struct merkle_path *path, struct error *error) MUST_CHECK;
void path_put(struct draft *draft, const struct merkle_path *path);

// Checks the note's signature by the server's key, and that its seal is one of `origin` (any, when its text
// is NULL); then that `entry` is in its tree, at the index of its agency. Gives the seal, whose origin points
// into the note. ERROR_BAD_FORM, ERROR_FALSE_CLAIM, ERROR_NO_MEMORY. The entry's origin must be the seal's,
// or empty: then it is that.
bool tlog_proof_check(const struct tlog_proof *proof, const struct vkey *key, struct slice origin,
                      const struct agency_entry *entry, struct checkpoint *seal,
                      struct error *error) MUST_CHECK;

#endif
