// Whether what was sent has arrived. That the socket took the bytes says nothing: they may lie in our own
// system while the cable is cut. They have arrived when the other side's system has acknowledged them:
// nothing is unsent here, and the kernel has nothing left that is unacknowledged (SIOCOUTQ, tcp(7)).
#include "net/connection_parts.h"

#include <linux/sockios.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

enum { LOOKS_A_SWEEP = 1000 }; // each is a system call, and the others want their time

enum arrival { ARRIVED, UNDER_WAY, LOST };

static bool is_gone(int descriptor) {
    struct tcp_info info;
    socklen_t length = sizeof info;
    return getsockopt(descriptor, IPPROTO_TCP, TCP_INFO, &info, &length) != 0 || info.tcpi_state == TCP_CLOSE;
}

// What a reset has cut off stays unacknowledged for good: then the socket is closed, and the count is not 0.
static enum arrival look(struct connection *connection) {
    int descriptor, unacknowledged;
    if (connection->writing || connection->out.unsent > 0 || connection->queued.unsent > 0) {
        return UNDER_WAY;
    }
    if (uv_fileno((uv_handle_t *)&connection->socket, &descriptor) != 0 ||
        ioctl(descriptor, SIOCOUTQ, &unacknowledged) != 0) {
        return LOST;
    }
    bool has_ended = connection->phase == CONNECTION_LINGERING && connection->said_end;
    if (unacknowledged <= (has_ended ? 1 : 0)) { // our end counts as one
        return ARRIVED;
    }
    if (is_gone(descriptor)) {
        return LOST;
    }
    bool goes_on = unacknowledged < connection->unacknowledged;
    connection->unacknowledged = unacknowledged;
    if (goes_on && connection->waits_for == WATCH_SENDING) {
        connection_watch_anew(connection, WATCH_SENDING);
    }
    return UNDER_WAY;
}

static void stop(struct connection *connection) {
    struct loop *loop = connection->loop;
    connection->awaits_arrival = false;
    *(connection->previous_awaiting == NULL ? &loop->awaiting
                                            : &connection->previous_awaiting->next_awaiting) =
        connection->next_awaiting;
    *(connection->next_awaiting == NULL ? &loop->last_awaiting
                                        : &connection->next_awaiting->previous_awaiting) =
        connection->previous_awaiting;
}

static void start(struct connection *connection) {
    struct loop *loop = connection->loop;
    connection->awaits_arrival = true;
    connection->previous_awaiting = loop->last_awaiting;
    connection->next_awaiting = NULL;
    *(loop->last_awaiting == NULL ? &loop->awaiting : &loop->last_awaiting->next_awaiting) = connection;
    loop->last_awaiting = connection;
}

void connection_await_arrival(struct connection *connection) {
    if (connection->phase == CONNECTION_CLOSED || connection->awaits_arrival) {
        return;
    }
    start(connection);
    connection->unacknowledged = INT_MAX;
    loop_start_reaper(connection->loop); // which looks
}

bool arrival_is_awaited(struct connection *connection) {
    if (!connection->awaits_arrival) {
        return false;
    }
    enum arrival arrival = look(connection);
    if (arrival == ARRIVED) {
        stop(connection);
        if (connection->phase == CONNECTION_LINGERING && !connection->said_end) {
            connection->phase = CONNECTION_FINISHING; // now our end may be sent, too
            sending_soon(connection);
        }
        connection->loop->net->handler->arrived(connection);
    }
    return arrival == UNDER_WAY;
}

void arrival_end(struct connection *connection) {
    (void)arrival_is_awaited(connection);
    if (connection->awaits_arrival) {
        stop(connection);
    }
}

// One that has ended on both sides was only kept for this.
static void look_again(struct connection *connection) {
    if (arrival_is_awaited(connection)) {
        stop(connection); // behind the others, as not all may have their turn
        start(connection);
    } else if (connection->awaits_arrival ||
               (connection->phase == CONNECTION_LINGERING && connection->peer_ended)) {
        connection_abort(connection);
    } else if (connection->phase != CONNECTION_CLOSED) {
        connection_settle(connection);
    }
}

bool arrival_sweep(struct loop *loop) {
    struct connection *last = loop->last_awaiting;
    for (int i = 0; i < LOOKS_A_SWEEP && loop->awaiting != NULL; i++) {
        struct connection *connection = loop->awaiting;
        bool is_last = connection == last;
        look_again(connection);
        if (is_last) {
            break;
        }
    }
    return loop->awaiting != NULL;
}
