// What a signed draw's rules ask of its number: that enough approvers have signed it, or that it follows from
// the beacon's pulse, and the seal is older than that.
#ifndef QUINIELA_LEDGER_NUMBER_PROOF_H
#define QUINIELA_LEDGER_NUMBER_PROOF_H

#include "ledger/draw_papers.h"

struct ledger;

// Approvals are missing; the pulse is; nothing proves that the seal is older than the pulse.
extern const struct error_code ERROR_NOT_APPROVED[1], ERROR_NO_PULSE[1], ERROR_NO_WITNESS[1];

// The number of a manual draw: whether the stored approvals are enough for it. True where the rules ask for
// none.
bool number_proof_approved(const struct ledger *ledger, const struct draw_papers *papers, uint16_t number,
                           struct error *error) MUST_CHECK;

// The number of a beacon's draw, from the stored pulse. With `needs_time`, the seal must have been witnessed,
// or stamped, early enough before it.
bool number_proof_of_pulse(const struct ledger *ledger, const struct draw_papers *papers, bool needs_time,
                           uint16_t *number, struct error *error) MUST_CHECK;

#endif
