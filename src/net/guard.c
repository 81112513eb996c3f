// The guard against hostile and forgotten connections: closes those whose time is over, and those that would
// be missed least when there is no room for others. What it closes it logs, at most one line a second and
// reason, and within what all such lines may take together (base/log_limit.h).
#include "net/internal.h"

#include "base/log.h"
#include "net/limits.h"

#include <inttypes.h>
#include <stdio.h>

enum {
    LINGER_MS_MAX = 2000,
    STEP_MS_MAX = 1000,     // more than that between two sweeps was a pause of ours
    CLOSES_A_SWEEP = 1000,  // closing takes its time, and the others want theirs
    REPORT_EVERY_MS = 1000, // for each reason
    FULL_EVERY_MS = 10000,
    IDLE_SAFE_MS = 30000, // for so long an agency may think between two chunks
};

void guard_init(struct loop *loop, const struct net_options *options) {
    watch_init(&loop->watch);
    uint64_t *timeouts_ms = loop->watch.timeouts_ms;
    timeouts_ms[WATCH_SILENT] = timeouts_ms[WATCH_IDLE] = options->idle_timeout_ms;
    timeouts_ms[WATCH_HANDSHAKE] = options->handshake_timeout_ms;
    timeouts_ms[WATCH_OPENING] = timeouts_ms[WATCH_MESSAGE] = options->message_timeout_ms;
    timeouts_ms[WATCH_SENDING] = options->send_timeout_ms;
    timeouts_ms[WATCH_LINGER] = LINGER_MS_MAX;
    loop->accepting = true;
}

void guard_close(struct connection *connection, enum close_reason reason) {
    struct close_note *note = &connection_loop(connection)->notes[reason];
    note->count++;
    connection_peer(connection, note->peer);
    if (reason == CLOSE_SEND_TIMEOUT) {
        connection_reset(connection); // else the kernel would keep what nobody reads
    } else {
        connection_abort(connection);
    }
    loop_start_reaper(connection_loop(connection)); // it will log that
}

void guard_give_up_handshake(struct connection *connection) {
    if (connection_is_open(connection)) {
        connection_loop(connection)->net->handler->refused(connection, "too_many_handshakes");
        guard_close(connection, CLOSE_HANDSHAKES);
    }
}

static void close_due(struct connection *connection, enum watch_kind kind) {
    if (kind == WATCH_LINGER) {
        connection_abort(connection); // it was ended by us
    } else if (kind == WATCH_HANDSHAKE) {
        connection_loop(connection)->net->handler->refused(connection, "handshake_timeout");
        guard_close(connection, CLOSE_HANDSHAKE_TIMEOUT);
    } else if (kind == WATCH_SENDING) {
        guard_close(connection, CLOSE_SEND_TIMEOUT);
    } else {
        bool in_message = kind == WATCH_OPENING || kind == WATCH_MESSAGE;
        guard_close(connection, in_message ? CLOSE_MESSAGE_TIMEOUT : CLOSE_IDLE_TIMEOUT);
    }
}

static void close_all_due(struct loop *loop) {
    int left = CLOSES_A_SWEEP;
    for (int kind = 0; kind < WATCH_KINDS; kind++) {
        struct watch_link *due;
        while (left > 0 && (due = watch_due(&loop->watch, (enum watch_kind)kind)) != NULL) {
            close_due(connection_of(due), (enum watch_kind)kind);
            left--;
        }
    }
}

// Whether the note is to be logged now, and is then to be cleared.
static bool is_due(const struct loop *loop, const struct close_note *note, bool all) {
    return note->count > 0 && (all || loop->watch.now_ms >= note->quiet_until_ms);
}

// It was logged, or will be in a second.
static void clear(const struct loop *loop, struct close_note *note, bool said) {
    note->count = said ? 0 : note->count;
    note->quiet_until_ms = loop->watch.now_ms + REPORT_EVERY_MS;
}

static void report_refused(struct loop *loop, bool all) {
    for (int failure = 0; failure < TLS_FAILURES; failure++) {
        struct close_note *note = &loop->refused[failure];
        struct log_source source = {.error = tls_failure_name((enum tls_failure)failure),
                                    .is_said_again = !all};
        if (is_due(loop, note, all)) {
            bool said = log_event_limited(&source, LOG_LEVEL_WARNING, "handshake", LOG_FAIL,
                                          "error: %s | ip: %s | count: %u | message: %s", source.error,
                                          note->peer, note->count, note->text);
            clear(loop, note, said);
        }
    }
}

void guard_report(struct loop *loop, bool all) {
    static const char *const names[CLOSE_REASONS] = {
        [CLOSE_MESSAGE_TIMEOUT] = "message_timeout",
        [CLOSE_IDLE_TIMEOUT] = "idle_timeout",
        [CLOSE_SEND_TIMEOUT] = "send_timeout",
        [CLOSE_HANDSHAKE_TIMEOUT] = "handshake_timeout",
        [CLOSE_HANDSHAKES] = "too_many_handshakes",
        [CLOSE_NO_ROOM] = "no_room",
        [CLOSE_NO_MEMORY] = "no_memory",
    };
    for (int reason = 0; reason < CLOSE_REASONS; reason++) {
        struct close_note *note = &loop->notes[reason];
        struct log_source source = {.error = names[reason], .is_said_again = !all};
        if (is_due(loop, note, all)) {
            bool said =
                log_event_limited(&source, reason == CLOSE_IDLE_TIMEOUT ? LOG_LEVEL_INFO : LOG_LEVEL_WARNING,
                                  "close_connection", LOG_SUCCESS, "reason: %s | ip: %s | count: %u",
                                  source.error, note->peer, note->count);
            clear(loop, note, said);
        }
    }
    report_refused(loop, all);
}

static bool has_unreported(const struct loop *loop) {
    for (int reason = 0; reason < CLOSE_REASONS; reason++) {
        if (loop->notes[reason].count > 0) {
            return true;
        }
    }
    for (int failure = 0; failure < TLS_FAILURES; failure++) {
        if (loop->refused[failure].count > 0) {
            return true;
        }
    }
    return false;
}

void guard_note_refused(struct connection *connection, enum tls_failure failure, const char *reason) {
    struct loop *loop = connection_loop(connection);
    struct close_note *note = &loop->refused[failure];
    note->count++;
    connection_peer(connection, note->peer);
    snprintf(note->text, sizeof note->text, "%s", reason);
    loop->net->handler->refused(connection, tls_failure_name(failure));
    loop_start_reaper(loop); // it will log that
}

bool guard_sweep(struct loop *loop, uint64_t elapsed_ms) {
    watch_advance(&loop->watch, elapsed_ms, STEP_MS_MAX);
    close_all_due(loop);
    guard_give_room(loop);
    guard_report(loop, false);
    if (!loop->accepting && !loop->quiet) {
        listener_resume_all(loop);
    }
    bool unchecked = recheck_all(loop);
    bool awaits = arrival_sweep(loop);
    return unchecked || awaits || watch_needed(&loop->watch) || has_unreported(loop);
}

// Of the connections that are counted at one place: who has not shown who it is; then who has said nothing
// yet; then who is in a message; then who has nothing to say; then who does not read; and only then who is at
// work or waits for the draw. Of each kind the one that has waited longest. NULL when the loop has none but
// `spared`.
static struct connection *least_missed(const struct loop *loop, uint64_t number,
                                       const struct connection *spared) {
    static const enum watch_kind kinds[] = {WATCH_HANDSHAKE, WATCH_TURN, WATCH_SILENT,  WATCH_OPENING,
                                            WATCH_MESSAGE,   WATCH_IDLE, WATCH_SENDING, WATCH_BUSY};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        const struct watch_link *head = &loop->watch.lists[kinds[i]];
        for (struct watch_link *link = head->next; link != head; link = link->next) {
            struct connection *connection = connection_of(link);
            if (peers_number(connection_place(connection)) == number && connection != spared) {
                return connection;
            }
        }
    }
    return NULL;
}

// As many as may be are here: whoever has most loses one.
static struct connection *of_who_has_most(const struct loop *loop) {
    struct watch_link *lingering = watch_oldest(&loop->watch, WATCH_LINGER); // nobody waits for it any more
    return lingering != NULL ? connection_of(lingering)
                             : least_missed(loop, peers_with_most(loop->net->peers), NULL);
}

// There are fewer, and still the system has nothing left to accept with: to close one may not help, so
// nobody's work is given up for it. What nobody waits for any more; who has not shown who it is, or said
// anything whole; who has had nothing to say for long.
static struct connection *stranger(const struct loop *loop) {
    static const enum watch_kind strangers[] = {WATCH_LINGER, WATCH_HANDSHAKE, WATCH_TURN, WATCH_SILENT,
                                                WATCH_OPENING};
    for (size_t i = 0; i < sizeof strangers / sizeof strangers[0]; i++) {
        struct watch_link *oldest = watch_oldest(&loop->watch, strangers[i]);
        if (oldest != NULL) {
            return connection_of(oldest);
        }
    }
    struct watch_link *idle = watch_oldest(&loop->watch, WATCH_IDLE);
    return idle != NULL && loop->watch.now_ms - idle->since_ms >= IDLE_SAFE_MS ? connection_of(idle) : NULL;
}

// Whom this loop can close for what is wanted; where there were as many as may be, and are not any more,
// nobody.
static struct connection *in_place_of(const struct loop *loop, int wanted) {
    if (wanted == WANTS_NOTHING) {
        return NULL;
    }
    bool is_full = net_is_full(loop->net);
    return is_full ? of_who_has_most(loop) : wanted == WANTS_DESCRIPTOR ? stranger(loop) : NULL;
}

bool guard_make_room(struct loop *loop, enum wants_room wanted) {
    struct connection *connection = in_place_of(loop, wanted);
    if (connection != NULL) {
        guard_close(connection, CLOSE_NO_ROOM);
    }
    return connection != NULL || (wanted == WANTS_PLACE && !net_is_full(loop->net));
}

void guard_give_room(struct loop *loop) {
    struct net *net = loop->net;
    for (int i = 0; i < net->loop_count; i++) {
        int wanted = atomic_load(&net->loops[i].wants_room);
        struct connection *connection = i == loop->index ? NULL : in_place_of(loop, wanted);
        // Of all loops that could, one does.
        if (connection != NULL &&
            atomic_compare_exchange_strong(&net->loops[i].wants_room, &wanted, WANTS_NOTHING)) {
            guard_close(connection, CLOSE_NO_ROOM);
            loop_wake(&net->loops[i]);
        }
    }
}

void guard_take_room(struct loop *loop) {
    if (!loop->accepting && !loop->quiet && atomic_load(&loop->wants_room) == WANTS_NOTHING) {
        listener_resume_all(loop);
    }
}

void guard_limit_peer(struct connection *connection) {
    struct loop *loop = connection_loop(connection);
    const struct peer_place *place = connection_place(connection);
    if (peers_count(loop->net->peers, place) > CONNECTIONS_PROVEN_MAX) {
        struct connection *other = least_missed(loop, peers_number(place), connection);
        if (other != NULL) {
            guard_close(other, CLOSE_NO_ROOM);
        }
    }
}

// Those who come meanwhile wait in the kernel's queue. To try at once again would only keep the processor
// busy.
void guard_note_full(struct loop *loop, enum wants_room wanted, const char *reason) {
    listener_pause_all(loop);
    atomic_store(&loop->wants_room, wanted);
    for (int i = 0; i < loop->net->loop_count; i++) {
        if (i != loop->index) {
            loop_wake(&loop->net->loops[i]);
        }
    }
    loop_start_reaper(loop);
    if (loop->watch.now_ms >= loop->full_quiet_until_ms) {
        loop->full_quiet_until_ms = loop->watch.now_ms + FULL_EVERY_MS;
        (void)log_event_limited(&(struct log_source){.error = "no_room"}, LOG_LEVEL_WARNING,
                                "accept_connections", LOG_FAIL, "error: %s | connections: %zu", reason,
                                atomic_load(&loop->net->connections));
    }
}
