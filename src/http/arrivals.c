#include "http/arrivals.h"

#include "base/clock.h"
#include "base/container.h"
#include "http/connection.h"
#include "http/counters.h"
#include "http/talking.h"

#include <errno.h>
#include <unistd.h>

bool arrivals_wanted(const struct http *http) {
    return clock_steady_ms() >= http->accept_at_ms;
}

static void end_entry(struct bounds_entry *entry) {
    http_connection_end(CONTAINER_OF(entry, struct connection, entry));
}

// Whether one of that peer may come, after somebody has given way to it where need be.
static bool make_room(struct http *http, uint64_t peer) {
    if (bounds_have_room(&http->bounds, peer)) {
        return true;
    }
    struct bounds_entry *entry = bounds_give_way(&http->bounds, peer);
    if (entry == NULL) {
        return false;
    }
    end_entry(entry);
    counter_add(&http_counters.connections_evicted, 1);
    talking_run(http); // closes it
    return bounds_have_room(&http->bounds, peer);
}

// False when there is nobody to accept.
static bool accept_one(struct http *http, int socket) {
    enum { OTHER_PEER = 1 };
    struct sockaddr_storage address = {.ss_family = AF_UNSPEC};
    socklen_t length = sizeof address;
    int accepted = accept4(socket, (struct sockaddr *)&address, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (accepted < 0) {
        bool lacks = errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM;
        http->accept_at_ms = lacks ? clock_steady_ms() + HTTP_TICK_MS : http->accept_at_ms;
        return errno == EINTR || errno == ECONNABORTED;
    }
    uint64_t peer = bounds_peer((const struct sockaddr *)&address);
    peer = peer == 0 && http->patience.loopback_counts ? OTHER_PEER : peer;
    if (make_room(http, peer)) {
        talking_add(http, accepted, (const struct sockaddr *)&address, length, peer);
    } else {
        close(accepted);
    }
    return true;
}

void arrivals_accept(struct http *http, int socket) {
    for (int i = 0; i < HTTP_ACCEPTED_AT_ONCE && accept_one(http, socket); i++) {
    }
}

static void end_overdue(struct http *http, enum bounds_stage stage, unsigned ms_max) {
    uint64_t now_ms = clock_steady_ms();
    for (struct list_node *node = http->bounds.stages[stage].first; node != NULL; node = node->next) {
        struct bounds_entry *entry = CONTAINER_OF(node, struct bounds_entry, node);
        if (now_ms - entry->since_ms < ms_max) {
            return; // nor have those behind it been there so long
        }
        end_entry(entry); // it leaves the list once libmicrohttpd has closed it
    }
}

void arrivals_sweep(struct http *http) {
    end_overdue(http, BOUNDS_ASKING, http->patience.request_ms);
    end_overdue(http, BOUNDS_ANSWERING, http->patience.answer_ms);
}
