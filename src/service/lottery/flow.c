#include "service/lottery/flow.h"

#include "base/container.h"
#include "service/limits.h"
#include "service/lottery/request.h"
#include "service/lottery/state.h"

// A loop's ------------------------------------------------------------------------------------------------

bool flow_begin_loop(struct lottery_loop *loop) {
    loop->admission = admission_new();
    return loop->admission != NULL && lines_begin(&loop->lines, loop_memory_share(loop->loop)) &&
           doubt_begin(&loop->doubt, loop->loop);
}

void flow_end_loop(struct lottery_loop *loop) {
    fair_free(loop->admission);
    loop->admission = NULL;
    lines_end(&loop->lines);
    doubt_end(&loop->doubt);
}

// Going on ------------------------------------------------------------------------------------------------

static bool may_go_on(const struct lottery_connection *own) {
    return !own->broken && !lines_is_waiting(&own->line) && !doubt_is_waiting(&own->doubt) &&
           !admission_is_waiting(&own->admission);
}

static void list_is_done(struct lottery_loop *loop);

static void give_list_back(struct connection *connection) {
    struct lottery_connection *own = connection_state(connection);
    if (lines_take_list(&own->line)) {
        list_is_done(lottery_loop_of(connection));
    }
}

void flow_resume(struct connection *connection) {
    const struct lottery_connection *own = connection_state(connection);
    if (!may_go_on(own)) {
        return;
    }
    connection_hold(connection);
    connection_resume(connection); // which may take everything that has come, right away
    // We no longer hold it up. It may have to wait until the peer reads its answers, possibly forever.
    if (may_go_on(own)) {
        give_list_back(connection);
    }
    connection_release(connection);
}

// A list is done. The connection that may ask for one next may give that right back unused, and then the next
// connection has it.
static void list_is_done(struct lottery_loop *loop) {
    struct lines_place *place;
    lines_list_is_done(&loop->lines);
    if (loop->gives_lists) {
        return; // the outer call continues the loop
    }
    loop->gives_lists = true;
    while ((place = lines_next_for_list(&loop->lines)) != NULL) {
        flow_resume(CONTAINER_OF(place, struct lottery_connection, line)->connection);
    }
    loop->gives_lists = false;
}

void flow_go_on(struct lottery_loop *loop) {
    struct lines_place *line;
    while ((line = lines_next_for_room(&loop->lines)) != NULL) {
        flow_resume(CONTAINER_OF(line, struct lottery_connection, line)->connection);
    }
    struct doubt_place *doubt;
    while ((doubt = doubt_next(&loop->doubt)) != NULL) {
        flow_resume(CONTAINER_OF(doubt, struct lottery_connection, doubt)->connection);
    }
}

// Before a message ----------------------------------------------------------------------------------------

void flow_look(struct connection *connection, size_t bytes, bool is_whole) {
    struct lottery_connection *own = connection_state(connection);
    struct doubt *doubt = &lottery_loop_of(connection)->doubt;
    if (!doubt_may_read(doubt, &own->doubt, connection_source(connection), bytes, is_whole)) {
        connection_pause(connection);
    }
}

bool flow_may_take(struct connection *connection) {
    struct lottery_loop *loop = lottery_loop_of(connection);
    struct lottery_connection *own = connection_state(connection);
    uint64_t source = connection_source(connection);
    uint32_t agency = own->agency != 0 ? own->agency : own->claimed;
    bool may_go = own->in_ledger < REQUESTS_OUTSTANDING_MAX &&
                  telling_has_room(own->telling, own->waiting.count + own->in_ledger + 1) &&
                  !lines_is_waiting(&own->line) && doubt_may_take(&loop->doubt, &own->doubt, source) &&
                  lines_room_may_take(&loop->lines, &own->line, agency, source) &&
                  admission_may_go(loop->admission, &own->admission, source, own->in_ledger > 0);
    if (!may_go) {
        connection_pause(connection);
    }
    return may_go;
}

bool flow_may_list(struct connection *connection, uint32_t agency) {
    struct lottery_connection *own = connection_state(connection);
    struct lines *lines = &lottery_loop_of(connection)->lines;
    bool may_list = lines_list_may_go(lines, &own->line, agency, connection_source(connection));
    if (!may_list) {
        connection_pause(connection);
    }
    return may_list;
}

bool flow_keeps_message(struct connection *connection) {
    const struct lottery_connection *own = connection_state(connection);
    return lines_is_waiting(&own->line);
}

uint64_t flow_start(struct connection *connection) {
    const struct lottery_connection *own = connection_state(connection);
    return doubt_start(&own->doubt);
}

void flow_stop(struct connection *connection, uint64_t began_ns) {
    struct lottery_connection *own = connection_state(connection);
    struct doubt *doubt = &lottery_loop_of(connection)->doubt;
    bool waits_next = doubt_stop(doubt, &own->doubt, began_ns);
    if (waits_next && !lines_is_waiting(&own->line) && !own->broken &&
        doubt_wait(doubt, &own->doubt, connection_source(connection))) {
        connection_pause(connection);
    }
}

void flow_break_off(struct connection *connection) {
    struct lottery_connection *own = connection_state(connection);
    own->broken = true;
    connection_pause(connection);
}

// After it ------------------------------------------------------------------------------------------------

// A connection that only consults stays in its group.
static void note_use(struct lottery_connection *own, const struct request *request) {
    if (!request->is_consultation) {
        bool stores = request->ledger.answer.stored > 0 || request->ledger.answer.finished;
        admission_note_use(&own->admission, request->ledger.answer.error.code != ERROR_NONE || !stores);
    }
}

static void give_pass_back(struct request *request) {
    struct lottery_connection *own = connection_state(request->connection);
    struct fair *admission = request->loop->admission;
    struct admission_place *place;
    note_use(own, request);
    admission_end(&request->pass);
    while ((place = admission_next(&request->pass)) != NULL) {
        flow_resume(CONTAINER_OF(place, struct lottery_connection, admission)->connection);
    }
    admission_give_back(admission, &request->pass);
    if (own->in_ledger == 0 && !connection_is_open(request->connection)) {
        admission_leave(admission, &own->admission, false);
    }
}

void flow_answered(struct request *request) {
    if (request->is_list) {
        list_is_done(request->loop);
    }
    give_pass_back(request); // before its own connection continues: others may have waited longer
    if (connection_is_open(request->connection)) {
        flow_resume(request->connection);
    }
}

void flow_leave(struct connection *connection) {
    struct lottery_loop *loop = lottery_loop_of(connection);
    struct lottery_connection *own = connection_state(connection);
    admission_leave(loop->admission, &own->admission, own->in_ledger > 0);
    doubt_leave(&loop->doubt, &own->doubt);
    lines_leave(&own->line);
    give_list_back(connection);
}
