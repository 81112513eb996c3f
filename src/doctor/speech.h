// What is said of a target: what it speaks, and of its certificate.
#ifndef QUINIELA_DOCTOR_SPEECH_H
#define QUINIELA_DOCTOR_SPEECH_H

#include "doctor/look.h"

#include <stdint.h>

// Reports whether a target speaks what we were told to speak (`tls` or plain text), and takes what it is for.
void speech_report(const struct target *target, const struct look *look, bool tls, struct findings *findings);

// Reports a target's certificate; with TLS. `revocations` is our own list's file, or NULL.
// `clock_is_wrong`: this machine's, so that dates are not to be trusted.
void speech_report_certificate(const struct target *target, const struct look *look, const char *revocations,
                               bool clock_is_wrong, struct findings *findings);

#endif
