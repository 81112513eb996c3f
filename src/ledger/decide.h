// Decides on one request by comparing it with the stored bets: new, resent, a gap, a conflict, too late.
// It commits nothing. But in a shared store it may begin a group, to read what others cannot change
// meanwhile; hand over what the open group has added, to compare with it (open_group_show); and take over an
// agency's row that differs from the one in memory.
#ifndef QUINIELA_LEDGER_DECIDE_H
#define QUINIELA_LEDGER_DECIDE_H

#include "ledger/request.h"

struct agency;
struct ledger;

// decide.c asks two questions of each verdict: whether another server's bets may make it wrong
// (may_know_too_little), and whether it stands when its group starts over (is_final).
enum verdict {
    VERDICT_NOTHING, // nothing to store: it only asks, was refused before, or was told before
    VERDICT_TOLD,    // store that the agency has been told
    VERDICT_STORE,   // store the chunk's bets after the known ones; there may be none
    // Refused, with the request's error set.
    VERDICT_UNKNOWN_AGENCY, // there is no such agency
    VERDICT_RESET,          // it belongs to bets that an operator has set aside
    VERDICT_UNCOMPARED,     // of an agency that was reset: nothing shows that it belongs to what is stored
    VERDICT_GAP,            // bets before this chunk are missing
    VERDICT_CONFLICT,       // other bets are stored in its place
    VERDICT_LATE,           // it adds bets to an agency that has come to its end
    VERDICT_ENDS_EARLY,     // it claims to be the last one, but more bets are stored than end with it
    VERDICT_DAMAGED,        // the stored bets in its place are damaged
};

struct decision {
    enum verdict verdict;
    // STORE, CONFLICT: how many of the chunk's bets, counted from the first, have a place that is taken.
    uint32_t known;
    struct error damage; // DAMAGED: what is wrong
};

// Decides on the request. Fails only when the store fails or memory runs out; a refused request carries its
// own error. Sets `own.is_final` if the refusal stands whatever happens to the group. Any other refusal is
// taken back when the group starts over, and decided again.
bool decide(struct ledger *ledger, struct ledger_request *request, struct decision *decision,
            struct error *error) MUST_CHECK;

// What new bets of the agency are refused with: ERROR_AGENCY_FINISHED after its own last chunk,
// ERROR_DRAW_CLOSED after an order or a close that has ended it. NULL: they are taken.
const struct error_code *decide_late(const struct agency *agency);

#endif
