#include "base/log_limit.h"

#include <string.h>

enum { ADDRESS_BYTES = 16, SECOND_MS = 1000 };

// Beyond LOG_LIMIT_REASONS of them the last place is everybody's: the program has fewer.
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

static uint64_t key_of(const struct log_reason *reason, const uint8_t *address) {
    uint64_t key = rate_key(0, reason->action, strlen(reason->action));
    key = rate_key(key, reason->error, strlen(reason->error));
    return address == NULL ? key : rate_key(key, address, ADDRESS_BYTES);
}

bool log_limit_allows(struct log_limit *limit, const struct log_reason *reason, const uint8_t *address,
                      int level, uint64_t now_ms, bool counts) {
    uint64_t second = now_ms / SECOND_MS + 1;
    if (second != limit->second) {
        limit->second = second;
        limit->bytes = 0;
    }
    if (limit->bytes < LOG_LIMIT_BYTES &&
        rate_count(&limit->rate, key_of(reason, address), second) <= LOG_LIMIT_LINES) {
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
    limit->bytes += bytes;
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
