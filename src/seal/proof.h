// The proof of a bet: that it is in its agency's tree, and this one in the seal. Its second half is a C2SP
// tlog-proof.
#ifndef QUINIELA_SEAL_PROOF_H
#define QUINIELA_SEAL_PROOF_H

#include "seal/bet_text.h"
#include "seal/tlog_proof.h"

struct proof {
    uint8_t salt[SALT_BYTES];
    enum entry_state state;
    uint64_t count;          // of the agency's bets
    struct slice text;       // TEXT(a, i)
    struct bet_text bet;     // what that says
    struct merkle_path path; // in the agency's tree
    struct tlog_proof agency;
};

// Reads a proof, at most PROOF_BYTES_MAX bytes. Everything points into `text`; nothing is checked yet.
// ERROR_BAD_FORM, with the line.
bool proof_parse(struct slice text, struct proof *proof, struct error *error) MUST_CHECK;

// Appends the proof; `bet` does not count.
void proof_put(struct draft *draft, const struct proof *proof);

// The root of the agency's tree that the proof gives. ERROR_FALSE_CLAIM when there is no such place in such a
// tree, or the path has another length.
bool proof_root(const struct proof *proof, struct hash *root, struct error *error) MUST_CHECK;

// Checks all of it, as tlog_proof_check does.
bool proof_check(const struct proof *proof, const struct vkey *key, struct slice origin,
                 struct checkpoint *seal, struct error *error) MUST_CHECK;

#endif
