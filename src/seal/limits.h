// The limits of format 1 of a verifiable draw, and what follows from them.
#ifndef QUINIELA_SEAL_LIMITS_H
#define QUINIELA_SEAL_LIMITS_H

#include "bet/limits.h"

enum {
    SIGN_NAME_BYTES_MAX = 100,                                        // a key's name
    ORIGIN_BYTES_MAX = SIGN_NAME_BYTES_MAX + 1 + DRAW_NAME_BYTES_MAX, // "NAME/DRAW"
    NOTE_BYTES_MAX = 64 * 1024, // a signed note, its signatures included
    NOTE_SIGNATURES_MAX = 64,
    PROOF_BYTES_MAX = 16 * 1024,                          // a proof's text
    PULSE_BYTES_MAX = 64 * 1024,                          // a beacon's pulse, as JSON
    PULSE_DEPTH_MAX = 64,                                 // objects and lists of it, one in another
    CERTIFICATE_BYTES_MAX = 64 * 1024,                    // the beacon's certificate, in PEM
    SEAL_NUMBERS = BET_NUMBER_MAX + 1,                    // N: the only one of format 1
    SEAL_NUMBER_DIGITS = 4,                               // of N - 1
    BEACON_CLOSE_LEAD_S = 15 * 60,                        // from the close to the pulse, at least
    BEACON_WITNESS_LEAD_S = 60,                           // from a seal's time to the pulse, at least
    TEXT_BYTES_MAX = 8 + 1 + 20 + 1 + BET_TEXT_BYTES_MAX, // TEXT(a, i): "agency,index,row"
};

#endif
