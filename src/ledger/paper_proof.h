// Whether a paper that somebody brings for a sealed draw is what it says: an approval, a cosignature, a time
// stamp or a beacon's pulse, each held against the draw's rules and its seal. Bytes in, values out.
#ifndef QUINIELA_LEDGER_PAPER_PROOF_H
#define QUINIELA_LEDGER_PAPER_PROOF_H

#include "notary/notary.h"
#include "seal/approval.h"
#include "seal/note.h"

// The paper is not one of this draw, or not right. The text says what is wrong.
extern const struct error_code ERROR_BAD_PAPER[1];

// What papers are held against. All of it is the caller's.
struct paper_terms {
    const struct notary *notary; // whose certificates are used
    const struct rules *rules;   // the newest
    struct slice seal;           // the seal's note, as the server signed it
    struct hash hash;            // of its text: H(SEAL)
};

// Each of these fails with ERROR_BAD_PAPER, or with ERROR_NO_MEMORY.

// Takes one more approval into `approvals`, which was begun with the same rules. *number is what it approves.
// Refused when it is signed by no approver of the rules, or by one who has signed before: when that was for
// another number, the text calls it a fraud.
bool paper_take_approval(struct approvals *approvals, const struct paper_terms *terms, struct slice bytes,
                         uint16_t *number, struct error *error) MUST_CHECK;

// Takes the signatures of the rules' witnesses off a note of the same text, and writes into `note` (of
// NOTE_BYTES_MAX bytes) the seal's note with those that `shown`, the seal's note with what has come before,
// lacks, or has of a later time; *added says how many. Refused when it has no signature of theirs.
bool paper_take_cosignatures(const struct paper_terms *terms, struct slice shown, struct slice bytes,
                             char *note, size_t *length, size_t *added, struct error *error) MUST_CHECK;

// The earliest time, in seconds since 1970, of a signature of the rules' witnesses on the note; UINT64_MAX
// when it has none.
bool paper_witnessed_at(const struct paper_terms *terms, struct slice note, uint64_t *time,
                        struct error *error) MUST_CHECK;

// When the time stamp was made, in seconds since 1970. Refused when it is of another text than the seal, or
// of no authority of the rules. The certificates of these are the notary's (TSA_CERTS).
bool paper_stamped_at(const struct paper_terms *terms, struct slice der, uint64_t *time,
                      struct error *error) MUST_CHECK;

// The number that follows from the seal and this pulse. Refused when it is not the pulse that the rules name,
// or not signed by the beacon: its certificate is the notary's (BEACON_CERT).
bool paper_number_of_pulse(const struct paper_terms *terms, struct slice json, uint16_t *number,
                           struct error *error) MUST_CHECK;

#endif
