// The checks, in the order in which they are made: each looks at the files of one kind, and says what they
// show. All return false only where no more can be said: ERROR_SYSTEM when a file cannot be read,
// ERROR_NO_MEMORY.
#ifndef QUINIELA_CLAIMS_CHECKS_H
#define QUINIELA_CLAIMS_CHECKS_H

#include "claims/evidence.h"
#include "seal/beacon_number.h"

// The package's folder, and what it gives to the checks that follow.
bool check_package(struct evidence *evidence, struct error *error) MUST_CHECK;

// The records of the rules, that they are one chain, and whose key they name.
bool check_rules(struct evidence *evidence, struct error *error) MUST_CHECK;

// The copies of the seal.
bool check_seals(struct evidence *evidence, struct error *error) MUST_CHECK;

// Proofs of bets, as texts and as the codes on paper.
bool check_proofs(struct evidence *evidence, struct error *error) MUST_CHECK;

// The witnesses, and that there is no second seal.
bool check_one_seal(struct evidence *evidence, struct error *error) MUST_CHECK;

// Time stamps of the seal.
bool check_tokens(struct evidence *evidence, struct error *error) MUST_CHECK;

// The salts' secret, and an agency's key.
bool check_secrets(struct evidence *evidence, struct error *error) MUST_CHECK;

// Receipts in themselves; and, once it is known what is sealed, against the seal.
bool check_receipts(struct evidence *evidence, struct error *error) MUST_CHECK;
bool check_receipts_kept(struct evidence *evidence, struct error *error) MUST_CHECK;

// seal.json.
bool check_seal_json(struct evidence *evidence, struct error *error) MUST_CHECK;

// An agency's CSV.
bool check_csv(struct evidence *evidence, struct error *error) MUST_CHECK;

// The export of all bets.
bool check_export(struct evidence *evidence, struct error *error) MUST_CHECK;

// An export from after the draw, against the one of before; and a list of winners against the export, once
// the number is known. The second counts the winners of each agency, too, where that is wanted (tally.h).
#define EXPORT_BYTES_MAX (UINT64_C(1) << 40)
#define WINNERS_BYTES_MAX (UINT64_C(64) * 1024 * 1024 * 1024)
bool check_later_export(struct evidence *evidence, struct error *error) MUST_CHECK;
bool check_winners_list(struct evidence *evidence, struct error *error) MUST_CHECK;

// The result.
bool check_results(struct evidence *evidence, struct error *error) MUST_CHECK;

// The pulse and its certificate. *has_output: the pulse is what the rules name, and its output is in
// `output`.
bool check_pulse(struct evidence *evidence, bool *has_output, uint8_t output[BEACON_OUTPUT_BYTES],
                 struct error *error) MUST_CHECK;

// The approvals, each in itself, and then whether they are enough.
bool check_approvals(struct evidence *evidence, struct error *error) MUST_CHECK;

// All of the number: pulse, approvals, time, how it follows, how many have won.
bool check_number(struct evidence *evidence, struct error *error) MUST_CHECK;

#endif
