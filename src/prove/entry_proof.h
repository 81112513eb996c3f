// The proof that an agency's entry is sealed, as a text: the entry, an empty line, and C2SP's tlog-proof of
// it. The central writes it for an agency, which then makes the proofs of its bets without the central.
#ifndef QUINIELA_PROVE_ENTRY_PROOF_H
#define QUINIELA_PROVE_ENTRY_PROOF_H

#include "seal/draw_entry.h"
#include "seal/tlog_proof.h"

enum { ENTRY_PROOF_BYTES_MAX = PROOF_BYTES_MAX };

// Appends it.
void entry_proof_put(struct draft *draft, const struct agency_entry *entry, const struct tlog_proof *proof);

// Reads it; all points into `text`, and nothing is checked yet. ERROR_BAD_FORM.
bool entry_proof_parse(struct slice text, struct agency_entry *entry, struct tlog_proof *proof,
                       struct error *error) MUST_CHECK;

// Whether the entry is in the tree of `seal`. ERROR_FALSE_CLAIM.
bool entry_proof_holds(const struct agency_entry *entry, const struct tlog_proof *proof,
                       const struct checkpoint *seal, struct error *error) MUST_CHECK;

#endif
