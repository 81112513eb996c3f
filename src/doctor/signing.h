// What a signed draw needs of an agency and its central: a place for receipts, and the key that both mean.
#ifndef QUINIELA_DOCTOR_SIGNING_H
#define QUINIELA_DOCTOR_SIGNING_H

#include "agency/promises.h"
#include "doctor/look.h"

// Reports whether receipts can be kept there, by the means of a client; no file is left behind that was not
// there before. `promises` NULL: the agency was given no key of the central.
void signing_report_place(const struct promises_options *promises, struct findings *findings);

// Reports that nobody was asked who signs, and why: `why` is a constant text, marked with N_.
void signing_report_not_asked(const char *why, struct findings *findings);

// Asks the central at `target`, on a connection of its own, for the rules of its
// draw, and reports whose key signs them, and whether that is the one that the agency was given.
void signing_report_key(const struct promises_options *promises, struct target *target,
                        const struct look_options *options, struct findings *findings);

#endif
