// How much of the ledger's work each agency may have asked for at once on a loop: so many messages of one
// agency from one address, and so many of the agency in all, however many connections bring them. Who comes
// with more waits for its turn, and turns go round among the agency's addresses.
//
// An agency's number is what the certificate says, or in plain text the message: there anybody can say any.
// So those who send what is not stored in the end, as it was stored before or is refused, have turns of their
// own, as if they were another agency: they do not hold up those who send bets.
//
// A connection counts for what it is at its oldest message that is with the ledger, as its answers must keep
// their order. When that has changed, no more is taken until all are answered.
#include "service/internal.h"

#include "service/limits.h"

enum { WEIGHT_BYTES = 256 * 1024 }; // a message counts once, and once more for so much

bool admission_begin_loop(struct lottery_loop *loop) {
    loop->admission = fair_new(LANE_WEIGHT_MAX, AGENCY_WEIGHT_MAX);
    return loop->admission != NULL;
}

void admission_end_loop(struct lottery_loop *loop) {
    fair_free(loop->admission);
}

// Without memory for a lane it goes without limits; in the ledger's queue it has its turns all the same.
static void choose_lane(struct connection *connection, uint64_t group) {
    struct lottery_loop *loop = lottery_loop_of(connection);
    struct lottery_connection *own = connection_state(connection);
    if (own->lane != NULL && own->lane_group == group) {
        return;
    }
    struct fair_lane *lane = fair_lane(loop->admission, group, connection_source(connection));
    if (own->lane != NULL) {
        fair_leave(&own->turn);
        fair_release(loop->admission, own->lane);
    }
    own->lane = lane;
    own->lane_group = group;
}

static uint64_t group_of(uint64_t agency, bool is_useless) {
    return agency << 1 | is_useless;
}

bool admission_may_go(struct connection *connection) {
    struct lottery_connection *own = connection_state(connection);
    if (own->lane == NULL) {
        return true;
    }
    uint64_t group = group_of(own->lane_group >> 1, own->is_useless);
    if (group != own->lane_group && own->in_ledger > 0) {
        connection_pause(connection);
        return false;
    }
    choose_lane(connection, group);
    if (own->lane == NULL || fair_has_room(own->lane)) {
        return true;
    }
    connection_pause(connection);
    if (own->turn.lane == NULL) {
        fair_wait(own->lane, &own->turn, 1);
    }
    return false;
}

void admission_begin(struct request *request) {
    struct connection *connection = request->connection;
    struct lottery_connection *own = connection_state(connection);
    if (own->in_ledger == 0) {
        uint32_t agency =
            connection_identity(connection) == NULL ? request->ledger.input.agency : own->agency;
        choose_lane(connection, group_of(agency, own->is_useless));
    }
    request->ledger.input.turn_agency = own->lane_group;
    request->weight = 1 + (uint32_t)(request->bytes / WEIGHT_BYTES);
    request->lane = own->lane;
    if (own->lane != NULL) {
        fair_begin(own->lane, request->weight);
        fair_hold(own->lane); // the connection may be gone before the answer is dealt with
    }
}

// Who only asks stays what it was.
static void note_use(struct lottery_connection *own, const struct request *request) {
    bool stores = request->ledger.answer.stored > 0 || request->ledger.answer.finished;
    if (request->kind == REQUEST_REFUSED || request->kind == REQUEST_CHUNK) {
        own->is_useless = request->ledger.answer.error.code != ERROR_NONE || !stores;
    }
}

void admission_cancel(const struct request *request) {
    if (request->lane != NULL) {
        fair_end(request->lane, request->weight);
        fair_release(request->loop->admission, request->lane);
    }
}

void admission_end(const struct request *request) {
    struct lottery_connection *own = connection_state(request->connection);
    struct fair_lane *lane = request->lane;
    note_use(own, request);
    if (lane == NULL) {
        return;
    }
    fair_end(lane, request->weight);
    for (struct fair_item *item; (item = fair_next_beside(lane)) != NULL;) {
        requests_resume(CONTAINER_OF(item, struct lottery_connection, turn)->connection);
    }
    fair_release(request->loop->admission, lane);
    if (own->in_ledger == 0 && !connection_is_open(request->connection)) {
        admission_leave(request->connection);
    }
}

void admission_leave(struct connection *connection) {
    struct lottery_connection *own = connection_state(connection);
    fair_leave(&own->turn);
    if (own->lane != NULL && own->in_ledger == 0) {
        fair_release(lottery_loop_of(connection)->admission, own->lane);
        own->lane = NULL;
    }
}
