// Whether the central still has all bets of an agency that waits for the draw: it may have been reset
// meanwhile, or a backup restored. Who comes back after a lost connection looks before it asks for its
// winners.
#ifndef QUINIELA_AGENCY_LOOK_H
#define QUINIELA_AGENCY_LOOK_H

#include <stdbool.h>

// All false at first.
struct look {
    bool can;       // every bet was stored, by a central that can be asked
    bool is_owed;   // a connection was lost since
    bool is_on;     // it comes next, or is under way
    bool was_tried; // and failed, also where the central answers the question about the winners
};

// A connection was lost, or could not be made. `has_other`: the winners are asked for elsewhere than the bets
// are sent. Sets *consulting, which says what comes next where no look does.
void look_lost(struct look *look, bool has_other, bool *consulting);

// A connection is up on which the winners are to be asked for. Returns whether a look comes before that, on
// another connection.
bool look_comes_first(struct look *look);

// What is stored was looked at, or is to be sent again: the look is over.
void look_end(struct look *look);

#endif
