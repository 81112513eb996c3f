// Whether the agency's file begins with what is stored at the central.
#ifndef QUINIELA_DOCTOR_STORED_H
#define QUINIELA_DOCTOR_STORED_H

#include "doctor/bets.h"
#include "doctor/look.h"

// Asks the central at `target` for what is stored, and compares it with the file, for a limited time.
// `stored` bets of the agency are, and what is new is refused with `refuses` (NULL: it is taken). Reports it.
void stored_compare(struct bets *bets, struct target *target, uint64_t stored,
                    const struct error_code *refuses, const struct look_options *options,
                    struct findings *findings);

// Reports `what` is stored, of which the file has more that the central refuses with `refuses`, or will
// (NULL: it takes it): `rest` bets.
void stored_report_rest(const char *what, uint64_t rest, const struct error_code *refuses,
                        struct findings *findings);

#endif
