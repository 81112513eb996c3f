// What `quiniela doctor` does: goes through everything that an agency needs, in the order in which a client
// needs it, and reports each. It changes nothing at the central.
#ifndef QUINIELA_DOCTOR_DOCTOR_H
#define QUINIELA_DOCTOR_DOCTOR_H

#include "agency/address.h"
#include "agency/promises.h"
#include "doctor/findings.h"
#include "tls/context.h"

#include <stdint.h>

struct doctor_options {
    uint32_t agency;
    const struct addresses *bets, *consult;  // consult: NULL when bets and consultations share a connection
    const struct tls_options *tls;           // NULL: plain text
    const char *identity_prefix;             // of agencies' certificates (see tls_options)
    const char *path;                        // of the agency's file; NULL: it has one bet, given by settings
    const struct promises_options *promises; // what the client would keep; NULL: no CENTRAL_KEY
    bool strict;
    uint64_t wait_ms; // for an answer; no wait is longer than WAIT_MS_MAX
};

// Looks at everything, except the settings. ERROR_NO_MEMORY.
bool doctor_examine(const struct doctor_options *options, struct findings *findings,
                    struct error *error) MUST_CHECK;

#endif
