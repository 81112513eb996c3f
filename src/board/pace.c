#include "board/pace.h"

enum { APART_MS = 950 }; // a reading may come a little early

static const struct pace_point *point(const struct pace *pace, size_t number) {
    return &pace->points[number % PACE_POINTS];
}

// A point that came soon after the one before it is replaced by the next one.
void pace_note(struct pace *pace, uint64_t now_ms, uint64_t bets) {
    if (pace->count > 1 &&
        point(pace, pace->count - 1)->at_ms - point(pace, pace->count - 2)->at_ms < APART_MS) {
        pace->count--;
    }
    pace->points[pace->count++ % PACE_POINTS] = (struct pace_point){now_ms, bets};
}

// Bets of an agency that is reset are gone: then as many as are left over.
uint64_t pace_bets(const struct pace *pace, uint64_t now_ms, uint32_t seconds) {
    size_t first = pace->count > PACE_POINTS ? pace->count - PACE_POINTS : 0;
    if (pace->count == 0) {
        return 0;
    }
    const struct pace_point *newest = point(pace, pace->count - 1), *from = newest;
    for (size_t i = pace->count - 1; i-- > first && now_ms - from->at_ms < seconds * UINT64_C(1000);) {
        from = point(pace, i);
    }
    return newest->bets > from->bets ? newest->bets - from->bets : 0;
}
