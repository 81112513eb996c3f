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

// How many were stored at a moment between two readings, as if they had come evenly.
static uint64_t bets_at(const struct pace_point *before, const struct pace_point *after, uint64_t at_ms) {
    if (at_ms <= before->at_ms || after->bets <= before->bets) {
        return before->bets;
    }
    return before->bets +
           (after->bets - before->bets) * (at_ms - before->at_ms) / (after->at_ms - before->at_ms);
}

// Bets of an agency that is reset are gone: then as many as are left over.
uint64_t pace_bets(const struct pace *pace, uint64_t now_ms, uint32_t seconds) {
    size_t first = pace->count > PACE_POINTS ? pace->count - PACE_POINTS : 0;
    if (pace->count == 0) {
        return 0;
    }
    uint64_t wanted_ms = seconds * UINT64_C(1000), from_ms = now_ms > wanted_ms ? now_ms - wanted_ms : 0;
    const struct pace_point *newest = point(pace, pace->count - 1), *from = newest, *after = newest;
    for (size_t i = pace->count - 1; i-- > first && from->at_ms > from_ms;) {
        after = from;
        from = point(pace, i);
    }
    uint64_t before = bets_at(from, after, from_ms);
    return newest->bets > before ? newest->bets - before : 0;
}
