#include "base/log_limit.h"

#include <string.h>

enum { SECOND_MS = 1000 };

// Beyond LOG_LIMIT_REASONS reasons, all others share the last place: the program has fewer.
static struct log_left_out *place_of(struct log_limit *limit, const struct log_reason *reason) {
    for (size_t i = 0; i < limit->reasons; i++) {
        const struct log_reason *known = &limit->left_out[i].reason;
        if (strcmp(known->action, reason->action) == 0 && strcmp(known->error, reason->error) == 0) {
            return &limit->left_out[i];
        }
    }
    if (limit->reasons < LOG_LIMIT_REASONS) {
        limit->left_out[limit->reasons++].reason = *reason;
    }
    return &limit->left_out[limit->reasons - 1];
}

static uint64_t key_of(const struct log_reason *reason, uint64_t source) {
    uint64_t key = rate_key(0, reason->action, strlen(reason->action));
    key = rate_key(key, reason->error, strlen(reason->error));
    return rate_key(key, &source, sizeof source);
}

static void refill(struct log_limit *limit, uint64_t now_ms) {
    uint64_t passed_ms = limit->refilled_ms == 0 ? SECOND_MS : now_ms - limit->refilled_ms;
    passed_ms = passed_ms < SECOND_MS ? passed_ms : SECOND_MS;
    limit->bytes += (int64_t)(passed_ms * LOG_LIMIT_BYTES_A_SECOND / SECOND_MS);
    limit->bytes = limit->bytes < LOG_LIMIT_BYTES_AT_ONCE ? limit->bytes : LOG_LIMIT_BYTES_AT_ONCE;
    limit->refilled_ms = now_ms;
}

bool log_limit_allows(struct log_limit *limit, const struct log_reason *reason, uint64_t source, int level,
                      uint64_t now_ms, bool counts) {
    refill(limit, now_ms + 1);
    if (limit->bytes > 0 &&
        rate_count(&limit->rate, key_of(reason, source), now_ms / SECOND_MS + 1) <= LOG_LIMIT_LINES) {
        return true;
    }
    if (counts) {
        struct log_left_out *place = place_of(limit, reason);
        place->level = level;
        place->count++;
    }
    return false;
}

void log_limit_charge(struct log_limit *limit, size_t bytes) {
    limit->bytes -= (int64_t)bytes;
}

bool log_limit_take(struct log_limit *limit, struct log_left_out *left_out) {
    for (size_t i = 0; i < limit->reasons; i++) {
        if (limit->left_out[i].count > 0) {
            *left_out = limit->left_out[i];
            limit->left_out[i].count = 0;
            return true;
        }
    }
    return false;
}
