// Deciding on one request, against what is stored: new, sent again, a gap, a conflict, too late. Reads, and
// changes nothing that is stored.
#ifndef QUINIELA_LEDGER_DECIDE_H
#define QUINIELA_LEDGER_DECIDE_H

#include "ledger/request.h"

struct ledger;

// Two questions are asked of each verdict, in decide.c: whether another server's bets may make it wrong
// (may_know_too_little), and whether it stands when its group begins anew (is_final).
enum verdict {
    VERDICT_NOTHING, // nothing is to be stored: it only asks, was refused before, or was told before
    VERDICT_TOLD,    // it is to be stored that the agency has been told
    VERDICT_STORE,   // the chunk's bets after the known ones are to be stored; there may be none
    // Refused, with the request's error set.
    VERDICT_UNKNOWN_AGENCY, // there is no such agency
    VERDICT_GAP,            // bets before this chunk are missing
    VERDICT_CONFLICT,       // other bets are stored in its place
    VERDICT_LATE,           // it adds bets to an agency that has sent its last chunk
    VERDICT_ENDS_EARLY,     // it says it is the last one, and more is stored than ends with it
    VERDICT_DAMAGED,        // what is stored in its place is damaged
};

struct decision {
    enum verdict verdict;
    // STORE, CONFLICT: how many of the chunk's bets, from the first one on, have a place that is taken.
    uint32_t known;
    struct error damage; // DAMAGED: what is wrong
};

// Decides on the request. Fails only when the store does, or there is no memory: a request that is refused
// has an error of its own. Where the refusal stands, whatever becomes of the group, it sets `own.is_final`;
// any other is taken back when the group begins anew, and decided on again.
bool decide(struct ledger *ledger, struct ledger_request *request, struct decision *decision,
            struct error *error) MUST_CHECK;

#endif
