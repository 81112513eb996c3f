// The proofs of bets of a store.
#ifndef QUINIELA_PROVE_BET_PROOFS_H
#define QUINIELA_PROVE_BET_PROOFS_H

#include "prove/kept_seal.h"
#include "seal/proof.h"

struct bet_selection {
    uint32_t agency;      // 0: every agency; of a bet exactly one
    const char *document; // all bets of that document; NULL: the bet
    uint64_t bet;         // from 0
};

// Called for each proof, by agency and bet; it lives until this returns, and has been checked (proof_check).
// Returns false to stop, with `error` set.
typedef bool each_bet_proof(void *context, const struct proof *proof, struct error *error);

// Makes the proofs of the selected bets, once the store's bets have been found to be those that were sealed:
// those of every agency, or, for one bet and with a seal.json, those of its agency. *count: how many they
// are; for a document that nobody has, 0. ERROR_BAD_SETTING for an agency or a bet that there is not;
// ERROR_FALSE_CLAIM names the agency whose bets were changed; ERROR_STORE_FAILED, ERROR_NO_MEMORY.
bool bet_proofs_make(struct store *store, const struct sealed_draw *sealed, const struct kept_seal *kept,
                     const struct bet_selection *selection, each_bet_proof *each, void *context,
                     size_t *count, struct error *error) MUST_CHECK;

// The entry of an agency in the draw's tree, and its proof; its note and the entry's origin are the sealed
// draw's. Errors as above.
bool entry_proof_make(struct store *store, const struct sealed_draw *sealed, const struct kept_seal *kept,
                      uint32_t agency, struct agency_entry *entry, struct tlog_proof *proof,
                      struct error *error) MUST_CHECK;

#endif
