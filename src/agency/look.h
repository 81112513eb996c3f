// Whether the central still has all bets of an agency that waits for the draw: it may have been reset
// meanwhile, or a backup restored. Who comes back after a lost connection looks before it asks for its
// winners. While a look has failed and is still owed, it only asks whether there are winners, and looks
// again.
#ifndef QUINIELA_AGENCY_LOOK_H
#define QUINIELA_AGENCY_LOOK_H

#include <stdbool.h>

// All false at first.
struct look {
    bool can;     // every bet was stored, by a central that can be asked
    bool is_owed; // a connection was lost since, and no look has succeeded
    bool is_on;   // it comes next, or is under way
};

// A connection was lost, could not be made, or was given up after an answer that says to try later.
// `may_ask`: there may be winners although the look has failed. Sets *consulting, which says what comes next
// where no look does.
void look_lost(struct look *look, bool may_ask, bool *consulting);

// What is stored was looked at, or is to be sent again: the look is over.
void look_end(struct look *look);

#endif
