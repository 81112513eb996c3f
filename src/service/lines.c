// Lines in which the connections of a loop wait for what all of them share: room for what is with the ledger,
// and lists of what is stored. In each the agencies have their turns one after the other, and of an agency
// the addresses (base/fair.h): so whoever asks for much waits for itself.
//
// A list makes a hundred kilobytes of an answer to a hundred bytes, and milliseconds of the loop's time. So
// only few of a loop are asked for at once, and everybody else's messages pass between them.
#include "service/internal.h"

enum { LISTS_AT_ONCE = 2 };

bool lines_begin_loop(struct lottery_loop *loop) {
    loop->for_room = fair_new(UINT32_MAX, UINT32_MAX);
    loop->for_list = fair_new(UINT32_MAX, UINT32_MAX);
    if (loop->for_room == NULL || loop->for_list == NULL) {
        lines_end_loop(loop);
        return false;
    }
    return true;
}

void lines_end_loop(struct lottery_loop *loop) {
    fair_free(loop->for_room);
    fair_free(loop->for_list);
    loop->for_room = loop->for_list = NULL;
}

bool lines_is_waiting(const struct lottery_connection *own) {
    return own->line_place.lane != NULL;
}

// The connection is paused until its turn in that line comes. False when there is no memory for that.
static bool wait_in(struct fair *line, struct connection *connection, uint64_t agency) {
    struct lottery_connection *own = connection_state(connection);
    struct fair_lane *lane = fair_lane(line, agency, connection_source(connection));
    if (lane == NULL) {
        return false;
    }
    connection_pause(connection);
    fair_wait(lane, &own->line_place, 1);
    own->line = line;
    return true;
}

// Whose turn it is, no longer waiting; NULL when nobody is there.
static struct lottery_connection *take_next(struct fair *line) {
    struct fair_lane *lane = NULL;
    struct fair_item *item = fair_next(line, &lane);
    if (item == NULL) {
        return NULL;
    }
    fair_release(line, lane);
    return CONTAINER_OF(item, struct lottery_connection, line_place);
}

// Room ----------------------------------------------------------------------------------------------------

// Of what a loop may hold, a quarter at most is with the ledger.
static bool has_room(const struct lottery_loop *loop) {
    return loop->chunk_bytes < loop_memory_share(loop->loop) / 4;
}

bool lines_room_may_take(struct connection *connection) {
    struct lottery_loop *loop = lottery_loop_of(connection);
    const struct lottery_connection *own = connection_state(connection);
    uint32_t agency = own->agency != 0 ? own->agency : own->claimed;
    return has_room(loop) || !wait_in(loop->for_room, connection, agency);
}

void lines_go_on(struct lottery_loop *loop) {
    struct lottery_connection *own;
    while (has_room(loop) && (own = take_next(loop->for_room)) != NULL) {
        requests_resume(own->connection);
    }
}

// Lists ---------------------------------------------------------------------------------------------------

static void give_lists(struct lottery_loop *loop) {
    struct lottery_connection *own;
    if (loop->gives_lists) {
        return; // the one further up goes on
    }
    loop->gives_lists = true;
    while (loop->lists < LISTS_AT_ONCE && (own = take_next(loop->for_list)) != NULL) {
        loop->lists++;
        own->may_list = true;
        requests_resume(own->connection);
    }
    loop->gives_lists = false;
}

bool lines_list_may_go(struct connection *connection, uint32_t agency) {
    struct lottery_loop *loop = lottery_loop_of(connection);
    struct lottery_connection *own = connection_state(connection);
    if (own->may_list) {
        return true;
    }
    if (loop->lists >= LISTS_AT_ONCE && wait_in(loop->for_list, connection, agency)) {
        return false;
    }
    loop->lists++;
    return own->may_list = true;
}

void lines_list_is_done(struct lottery_loop *loop) {
    loop->lists--;
    give_lists(loop);
}

void lines_give_list_back(struct connection *connection) {
    struct lottery_connection *own = connection_state(connection);
    if (own->may_list) {
        own->may_list = false;
        lines_list_is_done(lottery_loop_of(connection));
    }
}

void lines_leave(struct connection *connection) {
    struct lottery_connection *own = connection_state(connection);
    struct fair_lane *lane = own->line_place.lane;
    if (lane != NULL) {
        fair_leave(&own->line_place);
        fair_release(own->line, lane);
    }
    lines_give_list_back(connection);
}
