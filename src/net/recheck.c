#include "net/recheck.h"

#include "net/ending.h"
#include "net/stage.h"

enum { AT_ONCE_NS = 50000000 }; // then the connections at work get their turn

bool recheck_one(struct connection *connection) {
    struct tls_session *session = transport_session(&connection->transport);
    if (session == NULL || trust_judges_good(connection->all->trust, session)) {
        return true;
    }
    ending_refuse(connection, tls_session_failure(session), tls_session_reason(session));
    return false;
}

// Connections in a handshake are checked when it has finished. Returns false when time is up.
static bool recheck_list(struct connections *all, enum watch_kind kind, uint64_t until_ns) {
    struct connection *next = stage_first(all, kind);
    for (struct connection *connection; (connection = next) != NULL;) {
        next = stage_next(connection, kind);
        if (transport_is_open(&connection->transport) && !recheck_one(connection)) {
            connection_abort(connection);
            next = stage_next_after_change(all, kind, next);
        }
        if (uv_hrtime() >= until_ns) {
            return false;
        }
    }
    return true;
}

bool recheck_is_needed(const struct connections *all) {
    return !trust_is(all->trust, all->judged_by);
}

void recheck_all(struct connections *all) {
    if (!recheck_is_needed(all)) {
        return;
    }
    struct tls_context *context = trust_hold(all->trust);
    uint64_t until_ns = uv_hrtime() + AT_ONCE_NS;
    bool done = true;
    for (int kind = 0; kind < WATCH_KINDS && done; kind++) {
        done = recheck_list(all, (enum watch_kind)kind, until_ns);
    }
    if (done) {
        tls_context_release(all->judged_by);
        all->judged_by = context;
    } else {
        tls_context_release(context);
    }
}

void recheck_end(struct connections *all) {
    tls_context_release(all->judged_by);
}
