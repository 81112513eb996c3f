// Plays the small lottery on the real ledger and store: agencies that send chunks ahead, send again, finish
// and are told; restarts and readers in between. Notes in the history what is sent and what is acknowledged.
#ifndef QUINIELA_TESTS_POWER_STORY_H
#define QUINIELA_TESTS_POWER_STORY_H

#include "lottery.h"

struct story_plan {
    uint64_t seed;
    bool steady;       // the checkpointer is waited for after every group, so that the run can be repeated
    bool company;      // readers of the store, and restarts of the central
    bool check;        // compare the store with the promise after opening, and at the end
    bool only_open;    // opens, and does nothing else
    unsigned failures; // how many are allowed in a row before it gives up; 0: none at all
};

// Plays on the mounted disk, from where the lottery stands, and adds to the promise. Returns whether it came
// to the end; false when it gave up. Nothing is open afterwards.
bool story_play(const char *path, const struct story_plan *plan, struct promise *promise);

#endif
