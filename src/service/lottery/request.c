#include "service/lottery/request.h"

#include "base/container.h"
#include "service/lottery/state.h"

#include <assert.h>
#include <stdlib.h>

// Called on the ledger's thread.
static void on_complete(struct ledger_request *ledger_request) {
    struct request *request = CONTAINER_OF(ledger_request, struct request, ledger);
    struct loop *loop = request->loop->loop;
    bool pushed = queue_push(&request->loop->done, &request->done_node);
    assert(pushed);
    (void)pushed;
    loop_wake(loop);
}

static struct request *new_of_loop(struct lottery_loop *loop) {
    struct request *request = malloc(sizeof *request);
    if (request == NULL) {
        return NULL;
    }
    *request = (struct request){
        .ledger = {.input.type = LEDGER_PASS, .input.first = -1, .answer.next = -1, .complete = on_complete},
        .loop = loop,
        .bytes = sizeof *request,
    };
    error_clear(&request->ledger.answer.error);
    return request;
}

struct request *request_new(struct connection *connection) {
    struct request *request = new_of_loop(lottery_loop_of(connection));
    if (request != NULL) {
        request->connection = connection;
        request->ledger.input.source = connection_source(connection);
        connection_hold(connection);
    }
    return request;
}

void request_free(struct request *request) {
    chunk_free(request->chunk);
    free(request->ledger.answer.pieces);
    if (request->connection != NULL) {
        connection_release(request->connection);
    }
    free(request);
}

// Counts the request as being with the ledger, and sets whose turn it takes there.
static void begin(struct request *request) {
    struct connection *connection = request->connection;
    struct lottery_connection *own = connection_state(connection);
    if (own->in_ledger == 0) {
        uint32_t agency =
            connection_identity(connection) == NULL ? request->ledger.input.agency : own->agency;
        admission_choose(request->loop->admission, &own->admission, request->ledger.input.source, agency);
    }
    request->ledger.input.turn_agency = own->admission.group;
    request->pass = admission_begin(&own->admission, request->bytes);
}

// The central is shutting down: the connection ends without an answer.
static void cancel(struct request *request) {
    if (request->connection != NULL) {
        admission_end(&request->pass);
        admission_give_back(request->loop->admission, &request->pass);
        if (request->is_list) {
            lines_list_is_done(&request->loop->lines);
        }
    }
    request_free(request);
}

void request_submit(struct request *request) {
    struct connection *connection = request->connection;
    if (connection != NULL) {
        begin(request);
    }
    if (!worker_submit(request->loop->lottery->worker, &request->ledger)) {
        cancel(request);
        return;
    }
    lines_fill(&request->loop->lines, request->bytes);
    if (connection != NULL) {
        struct lottery_connection *own = connection_state(connection);
        own->in_ledger++;
        connection_charge(connection, request->bytes);
    }
}

void request_came_back(struct request *request) {
    lines_empty(&request->loop->lines, request->bytes);
    if (request->connection != NULL) {
        struct lottery_connection *own = connection_state(request->connection);
        own->in_ledger--;
        connection_refund(request->connection, request->bytes);
    }
}

void request_record_told(struct lottery_loop *loop, uint32_t agency) {
    struct request *request = new_of_loop(loop);
    if (request != NULL) { // otherwise the agency was told all the same, but that is not recorded
        request->ledger.input.type = LEDGER_TOLD;
        request->ledger.input.agency = agency;
        request->ledger.input.turn_agency = admission_group(agency, false);
        request_submit(request);
    }
}
