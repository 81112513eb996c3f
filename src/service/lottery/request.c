#include "service/lottery/request.h"

#include "base/container.h"
#include "service/lottery/state.h"

#include <assert.h>
#include <stdlib.h>

enum { SPARES_MAX = 512 }; // of some 700 bytes each

// On the ledger's thread ----------------------------------------------------------------------------------

static void keep_for_its_loop(struct request *request) {
    struct lottery_loop *loop = request->loop;
    if (loop->answered.first == NULL) {
        loop->next_answered = loop->lottery->answered;
        loop->lottery->answered = loop;
    }
    queue_chain_add(&loop->answered, &request->done_node);
}

static void hand_over(struct lottery *lottery) {
    struct lottery_loop *own;
    while ((own = lottery->answered) != NULL) {
        struct loop *loop = own->loop;
        lottery->answered = own->next_answered;
        bool pushed = queue_push_chain(&own->done, &own->answered);
        assert(pushed);
        (void)pushed;
        loop_wake(loop);
    }
}

// The answers of a group reach each loop together, so that it is woken once.
static void on_complete(struct ledger_request *ledger_request) {
    struct request *request = CONTAINER_OF(ledger_request, struct request, ledger);
    struct lottery *lottery = request->loop->lottery;
    bool more_follow = ledger_request->answer.more_follow;
    keep_for_its_loop(request);
    if (!more_follow) {
        hand_over(lottery);
    }
}

// On the loop's thread ------------------------------------------------------------------------------------

// Messages that come one by one use the same memory again and again: the heap takes longer.
static struct request *take_spare(struct lottery_loop *loop) {
    struct request *spare = loop->spare_requests;
    if (spare != NULL) {
        loop->spare_requests = spare->next_spare;
        loop->spare_request_count--;
    }
    return spare;
}

static void give_back(struct request *request) {
    struct lottery_loop *loop = request->loop;
    if (loop->spare_request_count == SPARES_MAX) {
        free(request);
        return;
    }
    request->next_spare = loop->spare_requests;
    loop->spare_requests = request;
    loop->spare_request_count++;
}

void request_free_spares(struct lottery_loop *loop) {
    struct request *spare;
    while ((spare = take_spare(loop)) != NULL) {
        free(spare);
    }
}

static struct request *new_of_loop(struct lottery_loop *loop) {
    struct request *request = take_spare(loop);
    request = request != NULL ? request : malloc(sizeof *request);
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
    free(request->ledger.answer.receipt);
    free(request->wants.shown);
    if (request->connection != NULL) {
        connection_release(request->connection);
    }
    give_back(request);
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

void request_show_seal(struct request *request) {
    const struct proofs_wanted *wants = &request->wants;
    if (wants->shown != NULL) {
        request->ledger.input.type = LEDGER_SHOWN_SEAL;
        request->ledger.input.shown = wants->shown;
        request->ledger.input.shown_length = wants->shown_length;
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
