// A seal that an agency shows, as it was told it: is it this server's?
#ifndef QUINIELA_SERVICE_LOTTERY_SHOWN_SEAL_H
#define QUINIELA_SERVICE_LOTTERY_SHOWN_SEAL_H

#include "base/error.h"
#include "bet/bet.h"

struct notice;

enum shown_seal {
    SHOWN_SEAL_OURS,
    SHOWN_SEAL_EARLY, // this server has none yet
    SHOWN_SEAL_OTHER, // this server has another one
};

// Judges the note. ERROR_BAD_MESSAGE, with its field, when it is no seal of this draw that is signed with the
// draw's key, or the draw is not signed; ERROR_NO_MEMORY. Where it is not ours *note is what is needed of it,
// its text and the line of that key: made with malloc, *length bytes, the caller's. Else NULL.
bool shown_seal_judge(struct notice *notice, struct bet_slice shown, enum shown_seal *is, char **note,
                      size_t *length, struct error *error) MUST_CHECK;

#endif
