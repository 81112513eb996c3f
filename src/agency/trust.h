// Whether an agency goes on looking for a server that is what it should be. Somebody else may answer in a
// server's place, for a while, and that must end nobody; but an agency that was given the wrong authority, or
// the wrong name of the server, should not try for ever.
#ifndef QUINIELA_AGENCY_TRUST_H
#define QUINIELA_AGENCY_TRUST_H

#include <stdbool.h>
#include <stdint.h>

// All zero at the start.
struct trust {
    bool has_good, has_bad; // a server has shown a certificate that will do; one that will not, first at:
    uint64_t bad_ms;
};

// A server has shown a good certificate.
void trust_good(struct trust *trust);

// A server has shown a bad one. `now_ms` is of any clock that goes on evenly. Returns whether to give up:
// when none has shown a good one since the start, and the first bad one was shown TRUST_MS ago.
bool trust_bad(struct trust *trust, uint64_t now_ms);

enum { TRUST_MS = 60000 };

#endif
