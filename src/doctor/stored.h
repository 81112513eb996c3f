// Whether the agency's file begins with what is stored at the central.
#ifndef QUINIELA_DOCTOR_STORED_H
#define QUINIELA_DOCTOR_STORED_H

#include "doctor/bets.h"
#include "doctor/look.h"

// Asks the central at `target` for what is stored, and compares it with the file, for a limited time.
// `stored` bets of the agency are. Reports it.
void stored_compare(struct bets *bets, struct target *target, uint64_t stored,
                    const struct look_options *options, struct findings *findings);

#endif
