#include "net/closings.h"

#include "base/log.h"
#include "net/counters.h"

#include <stdio.h>
#include <string.h>

enum { REPORT_EVERY_MS = 1000 }; // for each reason

static void count(struct closing *closing, const char *peer, const char *text) {
    closing->count++;
    snprintf(closing->peer, sizeof closing->peer, "%s", peer);
    snprintf(closing->text, sizeof closing->text, "%s", text);
}

void closings_count(struct closings *closings, enum close_reason reason, const char *peer) {
    static struct counter *const counters[CLOSE_REASONS] = {
        [CLOSE_MESSAGE_TIMEOUT] = &net_counters.closed_message_timeout,
        [CLOSE_IDLE_TIMEOUT] = &net_counters.closed_idle_timeout,
        [CLOSE_SEND_TIMEOUT] = &net_counters.closed_send_timeout,
        [CLOSE_HANDSHAKE_TIMEOUT] = &net_counters.closed_handshake_timeout,
        [CLOSE_HANDSHAKES] = &net_counters.closed_handshakes,
        [CLOSE_NO_ROOM] = &net_counters.closed_no_room,
        [CLOSE_NO_MEMORY] = &net_counters.closed_no_memory,
    };
    counter_add(counters[reason], 1);
    count(&closings->closed[reason], peer, "");
}

void closings_count_refused(struct closings *closings, enum tls_failure failure, const char *peer,
                            const char *text) {
    counter_add(&net_counters.refused_by_tls, 1);
    count(&closings->refused[failure], peer, text);
}

static bool is_due(const struct closing *closing, uint64_t now_ms, bool all) {
    return closing->count > 0 && (all || now_ms >= closing->quiet_until_ms);
}

// A line that the limit kept out is tried again in a second.
static void settle(struct closing *closing, uint64_t now_ms, bool said) {
    closing->count = said ? 0 : closing->count;
    closing->quiet_until_ms = now_ms + REPORT_EVERY_MS;
}

static bool say_closed(const struct closing *closing, enum close_reason reason, bool is_said_again) {
    static const char *const names[CLOSE_REASONS] = {
        [CLOSE_MESSAGE_TIMEOUT] = "message_timeout",
        [CLOSE_IDLE_TIMEOUT] = "idle_timeout",
        [CLOSE_SEND_TIMEOUT] = "send_timeout",
        [CLOSE_HANDSHAKE_TIMEOUT] = "handshake_timeout",
        [CLOSE_HANDSHAKES] = "too_many_handshakes",
        [CLOSE_NO_ROOM] = "no_room",
        [CLOSE_NO_MEMORY] = "no_memory",
    };
    struct log_source source = {.error = names[reason], .is_said_again = is_said_again};
    return log_event_limited(&source, reason == CLOSE_IDLE_TIMEOUT ? LOG_LEVEL_INFO : LOG_LEVEL_WARNING,
                             "close_connection", LOG_SUCCESS, "reason: %s | ip: %s | count: %u", source.error,
                             closing->peer, closing->count);
}

static bool say_refused(const struct closing *closing, enum tls_failure failure, bool is_said_again) {
    struct log_source source = {.error = tls_failure_name(failure), .is_said_again = is_said_again};
    return log_event_limited(&source, LOG_LEVEL_WARNING, "handshake", LOG_FAIL,
                             "error: %s | ip: %s | count: %u | message: %s", source.error, closing->peer,
                             closing->count, closing->text);
}

void closings_report(struct closings *closings, uint64_t now_ms, bool all) {
    for (int reason = 0; reason < CLOSE_REASONS; reason++) {
        struct closing *closing = &closings->closed[reason];
        if (is_due(closing, now_ms, all)) {
            settle(closing, now_ms, say_closed(closing, (enum close_reason)reason, !all));
        }
    }
    for (int failure = 0; failure < TLS_FAILURES; failure++) {
        struct closing *closing = &closings->refused[failure];
        if (is_due(closing, now_ms, all)) {
            settle(closing, now_ms, say_refused(closing, (enum tls_failure)failure, !all));
        }
    }
}

bool closings_are_unreported(const struct closings *closings) {
    for (int reason = 0; reason < CLOSE_REASONS; reason++) {
        if (closings->closed[reason].count > 0) {
            return true;
        }
    }
    for (int failure = 0; failure < TLS_FAILURES; failure++) {
        if (closings->refused[failure].count > 0) {
            return true;
        }
    }
    return false;
}
