// How many bets all servers of a shared store have stored in the last seconds: from what the store has come
// to at each reading.
#ifndef QUINIELA_BOARD_PACE_H
#define QUINIELA_BOARD_PACE_H

#include <stddef.h>
#include <stdint.h>

enum { PACE_SECONDS_MAX = 60, PACE_POINTS = 64 };

// Begins zeroed.
struct pace {
    struct pace_point {
        uint64_t at_ms; // of the steady clock
        uint64_t bets;
    } points[PACE_POINTS]; // a ring, of readings that are at least a second apart
    size_t count;          // so far
};

// Notes how many bets are stored now.
void pace_note(struct pace *pace, uint64_t now_ms, uint64_t bets);

// How many bets have been stored in the last `seconds`, at most PACE_SECONDS_MAX, up to the last reading;
// since the first one, if that is not so long ago. Where they began between two readings, those between the
// two count in proportion.
uint64_t pace_bets(const struct pace *pace, uint64_t now_ms, uint32_t seconds);

#endif
