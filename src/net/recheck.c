// After a reload of the certificates and the revocation list: those who are connected are looked at again,
// each before anything more is heard from it or sent to it, and all of them soon.
#include "net/internal.h"

enum { AT_ONCE_NS = 50000000 }; // then those who are at work have their turn

bool recheck_one(struct connection *connection) {
    struct tls_session *session = transport_tls_session(connection_transport_state(connection));
    struct net *net = connection_loop(connection)->net;
    if (tls_session_is_judged_by(session, atomic_load(&net->tls))) {
        return true;
    }
    struct tls_context *context = net_hold_tls(net);
    bool good = tls_session_judge_again(session, context);
    tls_context_release(context);
    if (!good) {
        guard_note_refused(connection, tls_session_failure(session), tls_session_reason(session));
    }
    return good;
}

// Those that shake hands will be looked at when they are through with that. Returns false when time is up.
static bool recheck_list(struct loop *loop, enum watch_kind kind, uint64_t until_ns) {
    struct watch_link *head = &loop->watch.lists[kind];
    for (struct watch_link *link = head->next, *next; link != head; link = next) {
        struct connection *connection = connection_of(link);
        next = link->next;
        if (connection_transport_is_open(connection) && !recheck_one(connection)) {
            connection_abort(connection);
        }
        if (uv_hrtime() >= until_ns) {
            return false;
        }
    }
    return true;
}

bool recheck_all(struct loop *loop) {
    if (loop->judged_by == atomic_load(&loop->net->tls)) {
        return false;
    }
    struct tls_context *context = net_hold_tls(loop->net);
    uint64_t until_ns = uv_hrtime() + AT_ONCE_NS;
    bool done = true;
    for (int kind = 0; kind < WATCH_KINDS && done; kind++) {
        done = recheck_list(loop, (enum watch_kind)kind, until_ns);
    }
    if (done) {
        tls_context_release(loop->judged_by);
        loop->judged_by = context;
    } else {
        tls_context_release(context);
    }
    return !done;
}
