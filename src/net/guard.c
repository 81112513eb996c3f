#include "net/guard.h"

#include "net/arrival.h"
#include "net/ending.h"
#include "net/eviction.h"
#include "net/recheck.h"
#include "net/stage.h"

#include "base/log.h"
#include "net/limits.h"

enum {
    LINGER_MS_MAX = 2000,
    STEP_MS_MAX = 1000,    // a longer gap between two sweeps was a pause of our own
    CLOSES_A_SWEEP = 1000, // closing takes time, and the other connections need theirs
    FULL_EVERY_MS = 10000,
};

void guard_begin(struct guard *guard, struct connections *all, const struct guard_timeouts *timeouts) {
    *guard = (struct guard){.all = all, .is_accepting = true};
    watch_set_timeout(&all->watch, WATCH_SILENT, timeouts->idle_ms);
    watch_set_timeout(&all->watch, WATCH_IDLE, timeouts->idle_ms);
    watch_set_timeout(&all->watch, WATCH_HANDSHAKE, timeouts->handshake_ms);
    watch_set_timeout(&all->watch, WATCH_OPENING, timeouts->message_ms);
    watch_set_timeout(&all->watch, WATCH_MESSAGE, timeouts->message_ms);
    watch_set_timeout(&all->watch, WATCH_SENDING, timeouts->send_ms);
    watch_set_timeout(&all->watch, WATCH_LINGER, LINGER_MS_MAX);
}

// What is due ---------------------------------------------------------------------------------------------

static void close_due(struct connection *connection, enum watch_kind kind) {
    if (kind == WATCH_LINGER) {
        connection_abort(connection); // we ended it ourselves
    } else if (kind == WATCH_HANDSHAKE) {
        ending_evict_handshake(connection, CLOSE_HANDSHAKE_TIMEOUT, "handshake_timeout");
    } else if (kind == WATCH_SENDING) {
        ending_evict(connection, CLOSE_SEND_TIMEOUT);
    } else {
        bool in_message = kind == WATCH_OPENING || kind == WATCH_MESSAGE;
        ending_evict(connection, in_message ? CLOSE_MESSAGE_TIMEOUT : CLOSE_IDLE_TIMEOUT);
    }
}

static void close_all_due(struct connections *all) {
    int left = CLOSES_A_SWEEP;
    for (int kind = 0; kind < WATCH_KINDS; kind++) {
        while (left > 0 && watch_due(&all->watch, (enum watch_kind)kind) != NULL) {
            close_due(stage_first(all, (enum watch_kind)kind), (enum watch_kind)kind);
            left--;
        }
    }
}

void guard_sweep(struct guard *guard, uint64_t elapsed_ms) {
    struct connections *all = guard->all;
    watch_advance(&all->watch, elapsed_ms, STEP_MS_MAX);
    close_all_due(all);
    eviction_help_neighbours(all);
    closings_report(&all->closings, watch_now_ms(&all->watch), false);
    recheck_all(all);
    ending_sweep_arrivals(all);
}

bool guard_needs_sweeps(const struct guard *guard) {
    const struct connections *all = guard->all;
    return recheck_is_needed(all) || arrivals_are_awaited(all) || watch_needed(&all->watch) ||
           closings_are_unreported(&all->closings);
}

void guard_report_all(struct guard *guard) {
    closings_report(&guard->all->closings, watch_now_ms(&guard->all->watch), true);
}

// No room -------------------------------------------------------------------------------------------------

// New peers wait in the kernel's queue meanwhile. Trying again at once would only keep the processor busy.
void guard_stop_accepting(struct guard *guard, enum wants_room wanted, const char *reason) {
    struct connections *all = guard->all;
    guard->is_accepting = false;
    neighbours_ask_room(all->neighbours, all->index, wanted);
    all->events->needs_sweeps(all->loop);
    if (watch_now_ms(&all->watch) >= guard->full_quiet_until_ms) {
        guard->full_quiet_until_ms = watch_now_ms(&all->watch) + FULL_EVERY_MS;
        (void)log_event_limited(&(struct log_source){.error = "no_room"}, LOG_LEVEL_WARNING,
                                "accept_connections", LOG_FAIL, "error: %s | connections: %zu", reason,
                                capacity_count(all->capacity));
    }
}

void guard_accept_again(struct guard *guard) {
    guard->is_accepting = true;
    neighbours_forget_room(guard->all->neighbours, guard->all->index);
}

bool guard_accept_if_granted(struct guard *guard) {
    struct connections *all = guard->all;
    bool granted = !guard->is_accepting && neighbours_wanted(all->neighbours, all->index) == WANTS_NOTHING;
    if (granted) {
        guard_accept_again(guard);
    }
    return granted;
}
