// How many log lines outsiders may cause. One reason and address gets LOG_LIMIT_LINES a second. All of them
// together get LOG_LIMIT_BYTES in any second: a burst, followed by a steady rate. Dropped lines are counted
// by reason.
#ifndef QUINIELA_BASE_LOG_LIMIT_H
#define QUINIELA_BASE_LOG_LIMIT_H

#include "base/rate.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    LOG_LIMIT_LINES = 100,
    LOG_LIMIT_BYTES_AT_ONCE = 16 * 1024,
    LOG_LIMIT_BYTES_A_SECOND = 32 * 1024,
    LOG_LIMIT_BYTES = LOG_LIMIT_BYTES_AT_ONCE + LOG_LIMIT_BYTES_A_SECOND,
    LOG_LIMIT_REASONS = 64,
};

// What a limited line is about: string constants.
struct log_reason {
    const char *action, *error; // `error` may be ""
};

struct log_left_out {
    struct log_reason reason;
    int level;      // of the last of those lines
    uint64_t count; // since it was last reported
};

// All zeros is an empty one. For one thread at a time.
struct log_limit {
    struct rate rate;
    int64_t bytes;        // that may be written at `refilled_ms`; below 0 when the last line exceeded that
    uint64_t refilled_ms; // 0: not yet
    struct log_left_out left_out[LOG_LIMIT_REASONS];
    size_t reasons;
};

// Whether a line of that reason and source (an address as a number; 0: none) may be written now, at `now_ms`
// of any clock that does not go back. `counts`: if it may not, it is counted as left out.
bool log_limit_allows(struct log_limit *limit, const struct log_reason *reason, uint64_t source, int level,
                      uint64_t now_ms, bool counts);

// The line was written, with that many bytes.
void log_limit_charge(struct log_limit *limit, size_t bytes);

// Takes one reason's count of lines that were left out and not reported yet. False when there is none.
bool log_limit_take(struct log_limit *limit, struct log_left_out *left_out);

#endif
