// The phases of an agency's dialogue with the central, and which may follow which (the picture is in
// dialogue.h).
#ifndef QUINIELA_AGENCY_PHASE_H
#define QUINIELA_AGENCY_PHASE_H

#include <stdbool.h>

enum phase {
    NEW,
    CONNECTING,
    SENDING,     // waits for an answer
    COMPARING,   // pauses briefly between steps of comparing the stored bets
    CONSULTING,  // waits for the winners, or "not yet"
    POLLING,     // waits before it asks for the winners again
    HOLDING,     // pauses briefly between steps of holding the winners against the agency's own bets
    BACKING_OFF, // waits before it connects again
    ENDED,
};

bool phase_may_follow(enum phase from, enum phase to);

#endif
