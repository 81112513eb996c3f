#include "report/log_clock.h"

#include <stdlib.h>

enum {
    ZONES_STEP_S = 15 * 60, // zones differ by whole quarters of an hour
    ZONES_OFF_S = 5,
    DAY_S = 24 * 60 * 60, // a night of the day before begins at the same hour
};

static bool is_zone(int64_t off) {
    int64_t apart = llabs(off);
    return apart >= ZONES_STEP_S - ZONES_OFF_S && apart < DAY_S - LOG_CLOCK_OFF_S &&
           (apart + ZONES_OFF_S) % ZONES_STEP_S <= ZONES_OFF_S + ZONES_OFF_S;
}

static void note(uint64_t *count, struct log_mismatch *first, const struct log_mismatch *moment) {
    if ((*count)++ == 0) {
        *first = *moment;
    }
}

void log_clock_take(struct log_clock *clock, const struct log_mismatch *moment, enum log_clock_trust trust,
                    bool has_zone) {
    int64_t off = moment->at - moment->stored_at;
    if (moment->stored_at == 0) {
        return;
    }
    if (llabs(off) <= LOG_CLOCK_OFF_S) {
        clock->fits += trust != LOG_CLOCK_OTHER;
    } else if (trust == LOG_CLOCK_OURS) {
        note(&clock->misfits, &clock->misfit, moment);
    } else if (!has_zone && is_zone(off)) {
        note(&clock->shifts, &clock->shift, moment);
    }
}

bool log_clock_differs(const struct log_clock *clock) {
    return clock->misfits > clock->fits || (clock->fits == 0 && clock->shifts > 0);
}

bool log_clock_fits(const struct log_clock *clock) {
    return clock->fits > 0 && !log_clock_differs(clock);
}

const struct log_mismatch *log_clock_example(const struct log_clock *clock) {
    return clock->misfits > 0 ? &clock->misfit : &clock->shift;
}
