// The proof of a bet that an agency makes by itself: from its own CSV file, the key of its salts, the seal,
// and the proof of its entry.
#ifndef QUINIELA_PROVE_OWN_PROOF_H
#define QUINIELA_PROVE_OWN_PROOF_H

#include "prove/bet_proofs.h"

struct own_proof {
    const char *csv, *salt_key, *seal, *entry; // files
    uint32_t agency;
    uint64_t bet;           // from 0
    const struct vkey *key; // the server's; NULL: the seal's signature is not checked
};

// Makes the proof. ERROR_FALSE_CLAIM when the bets are not those that are sealed, or entry and seal do not
// belong together; ERROR_BAD_FORM, ERROR_BAD_SETTING (also for a bet that is not in the draw), ERROR_SYSTEM,
// ERROR_NO_MEMORY. Each names the file.
bool own_proof_make(const struct own_proof *own, each_bet_proof *each, void *context,
                    struct error *error) MUST_CHECK;

#endif
