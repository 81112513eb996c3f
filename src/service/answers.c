// Answers out, in the order of the questions; what waits for the draw is answered when it is made.
#include "service/internal.h"

#include "base/log.h"
#include "bet/errors.h"
#include "service/limits.h"
#include "wire/limits.h"
#include "wire/reply.h"

#include <inttypes.h>
#include <stdlib.h>

enum {
    RETRY_AFTER_MS = 1000,
    COPIED_BYTES_MAX = 1024,
};

static void send_error(struct connection *connection, const struct error *error, int64_t next) {
    uint8_t frame[REPLY_SMALL_BYTES_MAX];
    connection_send(connection, frame, reply_encode_error(frame, error, next));
}

// No client takes so long a message, and a part of the winners would pass for all of them.
static void refuse_winners(struct connection *connection, uint32_t agency, size_t length) {
    struct error error;
    error_set(&error, ERROR_TOO_MANY_WINNERS,
              "the winners of agency %" PRIu32 " take %zu bytes, and a message has at most %d: ask whoever "
              "runs the central for them (quiniela export)",
              agency, length, REPLY_BYTES_MAX);
    requests_log_refused(connection, agency, &error);
    send_error(connection, &error, -1);
}

// Few bytes are quicker copied than referred to. The table of winners outlives the net, and never changes.
static void send_documents(struct connection *connection, const char *documents, size_t length) {
    uint8_t frame[REPLY_WINNERS_AROUND_BYTES + COPIED_BYTES_MAX];
    if (length <= COPIED_BYTES_MAX) {
        connection_send(connection, frame, reply_encode_winners(frame, documents, length));
        return;
    }
    connection_send(connection, frame, reply_encode_winners_begin(frame, length));
    connection_send_lasting(connection, (const uint8_t *)documents, length);
    connection_send(connection, frame, reply_encode_winners_end(frame));
}

// Whoever waited when another server opened the draw for fewer agencies.
static void refuse_agency(struct connection *connection, uint32_t agency, uint32_t agencies) {
    struct error error;
    error_set(&error, ERROR_UNKNOWN_AGENCY, "agency: %" PRIu32 " is not from 1 to %" PRIu32, agency,
              agencies);
    error.field = "agency";
    requests_log_refused(connection, agency, &error);
    send_error(connection, &error, -1);
}

// Returns whether that was the answer that its connection was for.
static bool send_winners(struct connection *connection, uint32_t agency, const struct winners *winners) {
    size_t length;
    if (agency > winners_agencies(winners)) {
        refuse_agency(connection, agency, winners_agencies(winners));
        return true;
    }
    const char *documents = winners_of(winners, agency, &length);
    if (!reply_winners_fit(length)) {
        refuse_winners(connection, agency, length);
        return false;
    }
    send_documents(connection, documents, length);
    telling_add(connection, agency);
    return connection_is_open(connection);
}

static void finish(struct connection *connection) {
    struct lottery_connection *own = connection_state(connection);
    own->finished = true;
    connection_finish(connection);
}

// Ends the connection when nothing more is to be answered on it.
void answers_finish_if_done(struct connection *connection) {
    const struct lottery_connection *own = connection_state(connection);
    if ((own->ended || own->broken) && own->in_ledger == 0) {
        finish(connection);
    }
}

// Whoever is refused again and again is not understood, or does not want to be. What only the central cannot
// do now is not counted.
static void note_refusal(struct connection *connection, const struct error *error) {
    struct lottery_connection *own = connection_state(connection);
    uint32_t most = lottery_loop_of(connection)->lottery->refusals_max;
    bool is_ours = error_retryable(error->code) && error->code != ERROR_GAP;
    if (is_ours || own->broken || ++own->refusals != most) {
        return;
    }
    char peer[CONNECTION_ADDRESS_BYTES];
    struct log_source source = {"refusals", connection_source(connection), false};
    connection_peer(connection, peer);
    (void)log_event_limited(&source, LOG_LEVEL_WARNING, "close_connection", LOG_SUCCESS,
                            "reason: refusals | ip: %s | count: %" PRIu32 " | error: %s", peer, most,
                            error_name(error->code));
    requests_break_off(connection);
}

// Who could hold any number could fill the memory; and to stop reading would be no way out, as then nobody
// would notice that the other side is gone.
static void refuse_to_hold(struct connection *connection, uint32_t agency) {
    struct error error;
    if (waiting_has(connection_state(connection), agency)) {
        error_set(&error, ERROR_BAD_MESSAGE,
                  "a consultation of agency %" PRIu32 " waits for the draw on this connection already",
                  agency);
    } else {
        error_set(&error, ERROR_BAD_MESSAGE, "%d consultations of this connection wait for the draw already",
                  HELD_MAX);
    }
    send_error(connection, &error, -1);
    note_refusal(connection, &error);
}

static void answer_consultation(struct connection *connection, uint32_t agency, bool wait) {
    struct lottery_loop *loop = lottery_loop_of(connection);
    struct lottery_connection *own = connection_state(connection);
    const struct winners *winners = atomic_load(&loop->lottery->winners);
    if (own->finished) {
        return; // nor may it be recorded that the agency was told
    }
    if (winners == NULL && wait && !own->ended) {
        if (own->held_count == HELD_MAX || waiting_has(own, agency)) {
            refuse_to_hold(connection, agency);
        } else if (!waiting_hold(loop, own, agency)) {
            connection_abort(connection);
        }
        return;
    }
    own->refusals = 0;
    doubt_pay(own, sizeof(struct request));
    if (winners == NULL) {
        uint8_t frame[REPLY_SMALL_BYTES_MAX];
        connection_send(connection, frame, reply_encode_not_ready(frame, RETRY_AFTER_MS));
        return;
    }
    if (send_winners(connection, agency, winners) &&
        connection_port_index(connection) == LOTTERY_PORT_CONSULT) {
        finish(connection);
    }
}

static void send_stored(struct connection *connection, const struct ledger_request *ledger) {
    uint8_t *frame = malloc(reply_stored_bytes_max(ledger->answer.piece_count));
    if (frame == NULL) {
        connection_abort(connection);
        return;
    }
    connection_send(connection, frame,
                    reply_encode_stored(frame, (uint64_t)ledger->answer.next, ledger->answer.pieces,
                                        ledger->answer.piece_count));
    free(frame);
}

static void answer(struct request *request) {
    struct connection *connection = request->connection;
    const struct ledger_request *ledger = &request->ledger;
    uint8_t frame[REPLY_SMALL_BYTES_MAX];
    if (ledger->answer.error.code == ERROR_SHUTTING_DOWN) {
        return; // the connection is about to be closed, which says the same to every client
    }
    if (ledger->answer.error.code != ERROR_NONE) {
        if (request->kind == REQUEST_CONSULT) {
            requests_log_refused(connection, ledger->input.agency, &ledger->answer.error);
        }
        send_error(connection, &ledger->answer.error, ledger->answer.next);
        note_refusal(connection, &ledger->answer.error);
    } else if (request->kind == REQUEST_CONSULT) {
        answer_consultation(connection, ledger->input.agency, request->wait);
    } else if (ledger->answer.pieces != NULL) {
        send_stored(connection, ledger);
    } else {
        struct lottery_connection *own = connection_state(connection);
        own->refusals = 0;
        doubt_pay(own, request->bytes);
        connection_send(connection, frame, reply_encode_processed(frame, (uint64_t)ledger->answer.next));
    }
}

void answers_send(struct request *request) {
    struct connection *connection = request->connection;
    request->loop->chunk_bytes -= request->bytes;
    if (connection != NULL) {
        struct lottery_connection *own = connection_state(connection);
        own->in_ledger--;
        connection_refund(connection, request->bytes);
        if (connection_is_open(connection)) {
            answer(request);
            answers_finish_if_done(connection);
        }
        if (request->is_list) {
            lines_list_is_done(request->loop);
        }
        admission_end(request); // before it goes on itself: others may have waited for longer
        if (connection_is_open(connection)) {
            requests_resume(connection);
        }
    }
    requests_free(request);
}

// The draw is made: everyone who waits on this loop is told.
void answers_to_waiting(struct lottery_loop *loop) {
    while (loop->waiting != NULL) {
        struct lottery_connection *own = loop->waiting;
        struct connection *connection = own->connection;
        connection_hold(connection);
        for (struct held *held = waiting_take(loop, own), *next; held != NULL; held = next) {
            next = held->next;
            answer_consultation(connection, held->agency, true);
            free(held);
        }
        connection_resume(connection);
        connection_release(connection);
    }
}
