#include "net/arrival.h"

#include "net/stage.h"

#include <limits.h>
#include <linux/sockios.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

// Those that are awaited ----------------------------------------------------------------------------------

static void leave(struct connection *connection) {
    struct arrivals *arrivals = &connection->all->arrivals;
    struct arrival *arrival = &connection->arrival;
    *(arrival->previous == NULL ? &arrivals->first : &arrival->previous->arrival.next) = arrival->next;
    *(arrival->next == NULL ? &arrivals->last : &arrival->next->arrival.previous) = arrival->previous;
}

static void enter(struct connection *connection) {
    struct arrivals *arrivals = &connection->all->arrivals;
    struct arrival *arrival = &connection->arrival;
    arrival->previous = arrivals->last;
    arrival->next = NULL;
    *(arrivals->last == NULL ? &arrivals->first : &arrivals->last->arrival.next) = connection;
    arrivals->last = connection;
}

static void stop(struct connection *connection) {
    leave(connection);
    stage_set(connection, &connection->arrival.is_awaited, false);
}

void connection_await_arrival(struct connection *connection) {
    struct connections *all = connection->all;
    if (!stage_is_running(connection) || connection->arrival.is_awaited) {
        return; // once it is finishing, nothing that was sent since has been queued
    }
    enter(connection);
    connection->arrival.unacknowledged = INT_MAX;
    stage_set(connection, &connection->arrival.is_awaited, true);
    all->events->needs_sweeps(all->loop); // the sweeps check for arrival
}

bool arrivals_are_awaited(const struct connections *all) {
    return all->arrivals.first != NULL;
}

const struct connection *arrivals_last(const struct connections *all) {
    return all->arrivals.last;
}

struct connection *arrivals_take_turn(struct connections *all) {
    struct connection *connection = all->arrivals.first;
    if (connection != NULL) {
        leave(connection);
        enter(connection);
    }
    return connection;
}

// Looking -------------------------------------------------------------------------------------------------

static bool is_gone(int descriptor) {
    struct tcp_info info;
    socklen_t length = sizeof info;
    return getsockopt(descriptor, IPPROTO_TCP, TCP_INFO, &info, &length) != 0 || info.tcpi_state == TCP_CLOSE;
}

enum progress { ARRIVED, UNDER_WAY, LOST };

// Bytes that a reset has cut off are never acknowledged: the socket is then closed while the count is not 0.
static enum progress look(struct connection *connection, bool has_ended) {
    int descriptor, unacknowledged;
    if (connection->writer.out.unsent > 0 || connection->queued.unsent > 0) {
        return UNDER_WAY;
    }
    if (uv_fileno((uv_handle_t *)&connection->socket, &descriptor) != 0 ||
        ioctl(descriptor, SIOCOUTQ, &unacknowledged) != 0) {
        return LOST;
    }
    if (unacknowledged <= (has_ended ? 1 : 0)) { // our end counts as one byte
        return ARRIVED;
    }
    if (is_gone(descriptor)) {
        return LOST;
    }
    bool goes_on = unacknowledged < connection->arrival.unacknowledged;
    connection->arrival.unacknowledged = unacknowledged;
    if (goes_on && connection->waits_for == WATCH_SENDING) {
        stage_restart_deadline(connection, WATCH_SENDING);
    }
    return UNDER_WAY;
}

static enum arrival_state update(struct connection *connection, bool has_ended) {
    if (!connection->arrival.is_awaited) {
        return ARRIVAL_NOT_AWAITED;
    }
    enum progress progress = look(connection, has_ended);
    if (progress != ARRIVED) {
        return progress == LOST ? ARRIVAL_LOST : ARRIVAL_UNDER_WAY;
    }
    stop(connection);
    if (connection->stage == STAGE_ARRIVING) {
        stage_change(connection, STAGE_FINISHING); // now our end can be sent, too
    }
    connection->all->handler->arrived(connection);
    return ARRIVAL_NOT_AWAITED;
}

enum arrival_state arrival_update(struct connection *connection) {
    return update(connection, connection->stage == STAGE_LINGERING);
}

void arrival_give_up(struct connection *connection) {
    if (connection->arrival.is_awaited) {
        stop(connection);
    }
}

void arrival_end(struct connection *connection, bool has_ended) {
    (void)update(connection, has_ended);
    arrival_give_up(connection);
}
