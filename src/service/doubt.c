// Who sent what was refused is doubted. To read and decode a megabyte costs milliseconds of the loop's time
// also where nothing comes of it, and before anybody knows what it is; so messages of doubted connections
// have a part of that time only (base/share.h). When it is used up they are not read, and go on in turns by
// address. Everybody else's messages never wait for that.
//
// The bytes that were refused are owed: a connection is doubted until as many were good. Else a small good
// message between two bad ones would be all that it takes. A new connection whose first message is large is
// doubted until that was good: else whoever is refused would only have to connect again. Those have turns of
// their own, and pay only for what is refused: what was reserved for a good one is given back.
#include "service/internal.h"

#include "base/clock.h"

enum {
    OWED_BYTES_MAX = 8 * 1024 * 1024,
    LARGE_BYTES = 64 * 1024,
    TURN_NS = 100000000, // for so long its turn is kept for a connection that is still to be read
    GO_ON_MS = 5,
};

bool doubt_begin_loop(struct lottery_loop *loop) {
    share_begin(&loop->doubt.share, clock_steady_ns());
    loop->doubt.waiting = fair_new(UINT32_MAX, UINT32_MAX);
    return loop->doubt.waiting != NULL;
}

void doubt_end_loop(struct lottery_loop *loop) {
    fair_free(loop->doubt.waiting);
    loop->doubt.waiting = NULL;
}

bool doubt_is_waiting(const struct lottery_connection *own) {
    return own->doubt_turn.lane != NULL;
}

// False when there is no memory for that.
static bool wait(struct connection *connection) {
    struct lottery_loop *loop = lottery_loop_of(connection);
    struct lottery_connection *own = connection_state(connection);
    uint64_t group = own->owed > 1; // it was refused itself
    struct fair_lane *lane = fair_lane(loop->doubt.waiting, group, connection_source(connection));
    if (lane == NULL) {
        return false;
    }
    connection_pause(connection);
    fair_wait(lane, &own->doubt_turn, 1);
    loop_wake_after(loop->loop, GO_ON_MS);
    return true;
}

bool doubt_may_go(struct connection *connection) {
    struct lottery_loop *loop = lottery_loop_of(connection);
    const struct lottery_connection *own = connection_state(connection);
    if (own->owed == 0) {
        return true;
    }
    if (doubt_is_waiting(own)) {
        connection_pause(connection);
        return false;
    }
    uint64_t now_ns = clock_steady_ns();
    return now_ns < own->turn_until_ns || share_has_any(&loop->doubt.share, now_ns) || !wait(connection);
}

// A large one is not read before its turn either: its bytes cost time, and memory while they wait.
static void wait_to_read(struct connection *connection) {
    struct doubt *doubt = &lottery_loop_of(connection)->doubt;
    struct lottery_connection *own = connection_state(connection);
    if (doubt_is_waiting(own)) {
        connection_pause(connection);
    } else if (own->reserved_ns == 0 &&
               (share_has_any(&doubt->share, clock_steady_ns()) || !wait(connection))) {
        own->reserved_ns = share_reserve(&doubt->share);
    }
}

void doubt_look(struct connection *connection, size_t bytes, bool is_whole) {
    struct lottery_connection *own = connection_state(connection);
    if (bytes <= LARGE_BYTES || (own->is_known && own->owed == 0)) {
        return;
    }
    own->owed += own->owed == 0;
    if (!is_whole) {
        wait_to_read(connection);
    }
}

void doubt_refused(struct connection *connection, size_t bytes) {
    struct lottery_connection *own = connection_state(connection);
    own->owed = bytes < OWED_BYTES_MAX - own->owed ? own->owed + (uint32_t)bytes + 1 : OWED_BYTES_MAX;
}

void doubt_pay(struct lottery_connection *own, size_t bytes) {
    own->is_known = true;
    own->owed = own->owed > bytes ? own->owed - (uint32_t)bytes : 0;
}

uint64_t doubt_begin(const struct lottery_connection *own) {
    return own->owed == 0 ? 0 : clock_steady_ns();
}

void doubt_end(struct connection *connection, uint64_t began_ns) {
    struct share *share = &lottery_loop_of(connection)->doubt.share;
    struct lottery_connection *own = connection_state(connection);
    uint64_t now_ns = clock_steady_ns();
    bool was_refused = own->owed > 1; // if not now, it was before
    if (!was_refused) {
        share->left_ns += (int64_t)own->reserved_ns;
    } else if (began_ns != 0) {
        share_spend(share, now_ns - began_ns, own->reserved_ns);
    } else {
        (void)share_reserve(share); // nobody looked at the clock
    }
    own->reserved_ns = own->turn_until_ns = 0;
    if (was_refused && !doubt_is_waiting(own) && !lines_is_waiting(own) && !own->broken &&
        !share_has_any(share, now_ns)) { // its next message is not read before its turn
        (void)wait(connection);
    }
}

void doubt_go_on(struct lottery_loop *loop) {
    struct doubt *doubt = &loop->doubt;
    struct fair_lane *lane = NULL;
    struct fair_item *item;
    while (!fair_is_empty(doubt->waiting) && share_has_any(&doubt->share, clock_steady_ns()) &&
           (item = fair_next(doubt->waiting, &lane)) != NULL) {
        struct lottery_connection *own = CONTAINER_OF(item, struct lottery_connection, doubt_turn);
        fair_release(doubt->waiting, lane);
        if (own->reserved_ns == 0) {
            own->reserved_ns = share_reserve(&doubt->share);
        }
        own->turn_until_ns = clock_steady_ns() + TURN_NS;
        requests_resume(own->connection);
    }
    if (!fair_is_empty(doubt->waiting)) {
        loop_wake_after(loop->loop, GO_ON_MS);
    }
}

void doubt_leave(struct connection *connection) {
    struct lottery_connection *own = connection_state(connection);
    struct fair_lane *lane = own->doubt_turn.lane;
    if (lane != NULL) {
        fair_leave(&own->doubt_turn);
        fair_release(lottery_loop_of(connection)->doubt.waiting, lane);
    }
}
