// Whether an agency keeps looking for a server whose certificate it accepts. Somebody else may answer in a
// server's place for a while, and that must not end an agency. But an agency given the wrong authority, or
// the wrong server name, should not retry forever.
#ifndef QUINIELA_AGENCY_TRUST_H
#define QUINIELA_AGENCY_TRUST_H

#include <stdbool.h>
#include <stdint.h>

// All zeros at the start.
struct trust {
    bool has_good, has_bad; // a server has shown a good certificate; a bad one, first at:
    uint64_t bad_ms;
};

// A server has shown a good certificate.
void trust_good(struct trust *trust);

// A server has shown a bad one. `now_ms` comes from any steady clock. Returns whether to give up: no server
// has shown a good one, and the first bad one was shown at least TRUST_MS ago.
bool trust_bad(struct trust *trust, uint64_t now_ms);

enum { TRUST_MS = 60000 };

#endif
