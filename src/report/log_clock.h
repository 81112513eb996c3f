// Whether a log's times can be trusted: some moments of a night are in the store, too. A log of text has its
// server's local time, without a zone.
#ifndef QUINIELA_REPORT_LOG_CLOCK_H
#define QUINIELA_REPORT_LOG_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

enum { LOG_CLOCK_OFF_S = 120 }; // how far a time of the log may be from the store's

enum log_moment { LOG_OPENED, LOG_AGENCY_ENDED, LOG_CLOSED, LOG_DRAWN };

struct log_mismatch {
    enum log_moment moment;
    uint32_t agency; // of LOG_AGENCY_ENDED
    int64_t at, stored_at;
};

// All zeros: nothing was compared.
struct log_clock {
    uint64_t fits, misfits;            // moments at the time that the store has; and at another one
    uint64_t shifts;                   // at one that would be it in another zone, or is another night's
    struct log_mismatch misfit, shift; // the first of each
};

// What is known of a moment that a line tells.
enum log_clock_trust {
    LOG_CLOCK_OURS,  // it is this draw's
    LOG_CLOCK_MAYBE, // it may be another one's: it counts where it fits, or could in another zone
    LOG_CLOCK_OTHER, // it seems to be another night's: it counts only if it could fit in another zone
};

// Takes a moment at both its times, in seconds since 1970; stored_at 0: the store has none, so nothing is
// taken. `has_zone`: the log's time is known to be UTC's.
void log_clock_take(struct log_clock *clock, const struct log_mismatch *moment, enum log_clock_trust trust,
                    bool has_zone);

// Whether its times are the store's, as far as anything tells; and whether they are others.
bool log_clock_fits(const struct log_clock *clock);
bool log_clock_differs(const struct log_clock *clock);

// Where they differ: an example.
const struct log_mismatch *log_clock_example(const struct log_clock *clock);

#endif
