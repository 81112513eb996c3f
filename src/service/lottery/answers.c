#include "service/lottery/answers.h"

#include "base/clock.h"
#include "base/container.h"
#include "bet/errors.h"
#include "service/limits.h"
#include "service/lottery/counters.h"
#include "service/lottery/draining.h"
#include "service/lottery/flow.h"
#include "service/lottery/proofs.h"
#include "service/lottery/refusals.h"
#include "service/lottery/request.h"
#include "service/lottery/state.h"
#include "wire/limits.h"
#include "wire/reply.h"

#include <inttypes.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

enum {
    RETRY_AFTER_MS = 1000,
    COPIED_BYTES_MAX = 1024,
    // That send_small adds.
    SMALL_FIELDS_BYTES_MAX = REPLY_TIME_BYTES_MAX + REPLY_REFUSES_BYTES_MAX + REPLY_DRAW_BYTES_MAX,
};

// `request` asked for what is in the frame, which has room for the draw, the time and what new bets are
// refused with; NULL: an answer without them. Who does not ask for the time does not know the other either.
static void send_small(struct connection *connection, const struct request *request, uint8_t *frame,
                       size_t length) {
    const char *draw = lottery_loop_of(connection)->lottery->draw;
    if (request != NULL && request->wants_draw && draw[0] != '\0') {
        length = reply_add_draw(frame, length, draw);
    }
    if (request != NULL && request->wants_time) {
        const struct ledger_answer *answer = &request->ledger.answer;
        length = reply_add_time(frame, length, clock_epoch_ms());
        if (answer->error.code == ERROR_NONE && answer->refuses != NULL) {
            length = reply_add_refuses(frame, length, answer->refuses);
        }
    }
    connection_send(connection, frame, length);
}

static void send_error(struct connection *connection, const struct request *request,
                       const struct error *error, int64_t next) {
    uint8_t frame[REPLY_SMALL_BYTES_MAX];
    send_small(connection, request, frame, reply_encode_error(frame, error, next));
}

// The answer to a chunk, with the proofs that it asked for.
static void send_chunk_answer(struct connection *connection, const struct request *request, uint8_t *frame,
                              size_t length) {
    struct json_writer fields = {0};
    uint8_t *whole = NULL;
    if (!request->wants.rules && !request->wants.receipt) {
        send_small(connection, request, frame, length);
        return;
    }
    if (!proofs_write_chunk(request->loop->lottery, &request->wants, request->ledger.answer.receipt,
                            &fields) ||
        (whole = malloc(length + fields.length + SMALL_FIELDS_BYTES_MAX)) == NULL) {
        connection_abort(connection); // it asks again
    } else {
        memcpy(whole, frame, length);
        length = fields.length == 0 ? length : reply_add_fields(whole, length, &fields);
        send_small(connection, request, whole, length);
    }
    free(whole);
    proofs_free(&fields);
}

// No client accepts such a long message, and clients would take a part of the winners for all of them.
static void refuse_winners(struct connection *connection, uint32_t agency, size_t length) {
    struct error error;
    error_set(&error, ERROR_TOO_MANY_WINNERS,
              "the winners of agency %" PRIu32 " take %zu bytes, and a message has at most %d: ask whoever "
              "runs the central for them (quiniela winners)",
              agency, length, REPLY_BYTES_MAX);
    refusals_log(connection, agency, &error);
    send_error(connection, NULL, &error, -1);
}

// A few bytes are cheaper to copy than to refer to. The table of winners outlives the net, and never changes.
static void send_documents(struct connection *connection, const char *documents, size_t length) {
    uint8_t frame[REPLY_WINNERS_AROUND_BYTES + COPIED_BYTES_MAX];
    if (length <= COPIED_BYTES_MAX) {
        connection_send(connection, frame, reply_encode_winners(frame, documents, length));
        return;
    }
    connection_send(connection, frame, reply_encode_winners_begin(frame, length, NULL));
    connection_send_lasting(connection, (const uint8_t *)documents, length);
    connection_send(connection, frame, reply_encode_winners_end(frame, NULL));
}

// The same with what proves them behind them.
static void send_proved_documents(struct connection *connection, const char *documents, size_t length,
                                  const struct json_writer *fields) {
    bool is_copied = length <= COPIED_BYTES_MAX;
    size_t room = REPLY_WINNERS_AROUND_BYTES + COPIED_BYTES_MAX + fields->length;
    uint8_t *frame = malloc(room);
    if (frame == NULL) {
        connection_abort(connection);
        return;
    }
    size_t written = reply_encode_winners_begin(frame, length, fields);
    if (is_copied) {
        memcpy(frame + written, documents, length);
        written += length;
    } else {
        connection_send(connection, frame, written);
        connection_send_lasting(connection, (const uint8_t *)documents, length);
        written = 0;
    }
    written += reply_encode_winners_end(frame + written, fields);
    connection_send(connection, frame, written);
    OPENSSL_cleanse(frame, written);
    free(frame);
}

// For an agency that waited while another server opened the draw with fewer agencies.
static void refuse_agency(struct connection *connection, uint32_t agency, uint32_t agencies) {
    struct error error;
    error_set(&error, ERROR_UNKNOWN_AGENCY, "agency: %" PRIu32 " is not from 1 to %" PRIu32, agency,
              agencies);
    error.field = "agency";
    refusals_log(connection, agency, &error);
    send_error(connection, NULL, &error, -1);
}

static void await_arrival(struct connection *connection, uint32_t agency) {
    struct lottery_connection *own = connection_state(connection);
    if (!connection_is_open(connection)) {
        return;
    }
    if (!telling_add(&own->telling, agency)) {
        connection_abort(connection); // otherwise the draw would wait for an agency that does not ask again
        return;
    }
    connection_await_arrival(connection);
}

void answers_arrived(struct connection *connection) {
    struct lottery_connection *own = connection_state(connection);
    uint32_t agency;
    while (telling_take(&own->telling, &agency)) {
        request_record_told(lottery_loop_of(connection), agency);
    }
    flow_resume(connection);
}

// Returns whether that was the answer that the connection was made for.
static bool send_winners(struct connection *connection, uint32_t agency, const struct winners *winners,
                         const struct json_writer *fields) {
    size_t length;
    if (agency > winners_agencies(winners)) {
        refuse_agency(connection, agency, winners_agencies(winners));
        return true;
    }
    const char *documents = winners_of(winners, agency, &length);
    if (!reply_winners_fit(length, fields->length)) {
        refuse_winners(connection, agency, length);
        return false;
    }
    if (fields->length == 0) {
        send_documents(connection, documents, length);
    } else {
        send_proved_documents(connection, documents, length, fields);
    }
    await_arrival(connection, agency);
    return connection_is_open(connection);
}

static void finish(struct connection *connection) {
    struct lottery_connection *own = connection_state(connection);
    own->finished = true;
    connection_finish(connection);
}

// Ends the connection if it is ending and no more answers will be sent on it.
void answers_finish_if_done(struct connection *connection) {
    const struct lottery_connection *own = connection_state(connection);
    bool drained = own->draining && !own->sends_first; // no other message of it would be answered
    if ((own->ended || own->broken || drained) && own->in_ledger == 0) {
        finish(connection);
    }
}

static void refuse(struct connection *connection, const struct request *request, const struct error *error,
                   int64_t next) {
    send_error(connection, request, error, next);
    if (refusals_are_too_many(connection, error)) {
        flow_break_off(connection);
    }
}

// Without a limit, held consultations could fill the memory. Pausing the connection would not help, since
// then its end would go unnoticed.
static void refuse_to_hold(struct connection *connection, uint32_t agency) {
    const struct lottery_connection *own = connection_state(connection);
    struct error error;
    if (waiting_has(&own->waiting, agency)) {
        error_set(&error, ERROR_BAD_MESSAGE,
                  "a consultation of agency %" PRIu32 " waits for the draw on this connection already",
                  agency);
    } else {
        error_set(&error, ERROR_BAD_MESSAGE, "%d consultations of this connection wait for the draw already",
                  HELD_MAX);
    }
    refusals_count(&error);
    refuse(connection, NULL, &error, -1);
}

// A consultation that would wait, or did, while the server drains.
static void give_up_consultation(struct connection *connection) {
    const struct lottery_connection *own = connection_state(connection);
    struct error error;
    if (own->sends_first) {
        (void)draining_refuse(&error);
        send_error(connection, NULL, &error, -1);
    }
}

void answers_draining(struct connection *connection) {
    struct lottery_connection *own = connection_state(connection);
    unsigned held = own->waiting.count;
    own->draining = true;
    waiting_drop(&lottery_loop_of(connection)->waiting, &own->waiting);
    for (unsigned i = 0; i < held; i++) {
        give_up_consultation(connection);
    }
    if (held > 0) {
        flow_break_off(connection);
        answers_finish_if_done(connection);
    }
}

// It was reset before its question came, or while that was on its way through the ledger. It is sent to look.
static bool must_look(const struct lottery_loop *loop, const struct request *request) {
    return request->returns && request->wait && request->ledger.answer.was_reset &&
           atomic_load(&loop->lottery->winners) == NULL;
}

static void hold(struct connection *connection, struct consultation *consultation) {
    struct lottery_loop *loop = lottery_loop_of(connection);
    struct lottery_connection *own = connection_state(connection);
    if (own->waiting.count == HELD_MAX || waiting_has(&own->waiting, consultation->agency)) {
        refuse_to_hold(connection, consultation->agency);
    } else if (!waiting_hold(&loop->waiting, &own->waiting, consultation)) {
        connection_abort(connection);
    } else {
        consultation->wants.shown = NULL; // taken over
    }
}

// It has shown a seal before there was one to compare it with. If it is another one, the ledger is told, and
// answers. Returns whether that is so; also when there is no memory.
static bool shows_another(struct connection *connection, struct consultation *consultation, bool wait) {
    const struct lottery *lottery = lottery_loop_of(connection)->lottery;
    struct proofs_wanted *wants = &consultation->wants;
    struct error error;
    if (wants->shown == NULL || !proofs_are_sealed(lottery)) {
        return false;
    }
    if (!proofs_compare_shown(lottery, wants, &error)) {
        connection_abort(connection); // it asks again
        return true;
    }
    if (!wants->is_other) {
        return false;
    }
    struct request *request = request_new(connection);
    if (request == NULL) {
        connection_abort(connection);
        return true;
    }
    request->is_consultation = true;
    request->wait = wait;
    request->ledger.input.agency = consultation->agency;
    request->wants = *wants;
    wants->shown = NULL; // taken over
    request_show_seal(request);
    request_submit(request);
    return true;
}

static void send_not_ready(struct connection *connection, const struct json_writer *fields) {
    uint8_t small[REPLY_SMALL_BYTES_MAX];
    size_t length = reply_encode_not_ready(small, RETRY_AFTER_MS);
    if (fields->length == 0) {
        connection_send(connection, small, length);
        return;
    }
    uint8_t *frame = malloc(length + fields->length);
    if (frame == NULL) {
        connection_abort(connection);
        return;
    }
    memcpy(frame, small, length);
    length = reply_add_fields(frame, length, fields);
    connection_send(connection, frame, length);
    OPENSSL_cleanse(frame, length);
    free(frame);
}

// What it has shown stays the caller's, unless it is held with it.
static void answer_consultation(struct connection *connection, struct consultation *consultation, bool wait) {
    struct lottery_loop *loop = lottery_loop_of(connection);
    struct lottery_connection *own = connection_state(connection);
    const struct winners *winners = atomic_load(&loop->lottery->winners);
    const struct proofs_wanted *wants = &consultation->wants;
    if (own->finished) {
        return; // and it must not be recorded that the agency was told
    }
    if (winners == NULL && wait && own->draining) {
        give_up_consultation(connection);
        return;
    }
    if (shows_another(connection, consultation, wait)) {
        return;
    }
    bool gets_seal = wants->seal && !wants->has_shown && proofs_are_sealed(loop->lottery);
    if (winners == NULL && wait && !own->ended && !gets_seal) {
        hold(connection, consultation); // for the seal, or until the draw
        return;
    }
    struct json_writer fields = {0};
    refusals_forget(connection);
    doubt_pay(&own->doubt, sizeof(struct request));
    if (!proofs_write_consultation(loop->lottery, wants, consultation->agency, &fields)) {
        connection_abort(connection); // no memory: it asks again
    } else if (winners == NULL) {
        send_not_ready(connection, &fields);
    } else if (send_winners(connection, consultation->agency, winners, &fields) &&
               connection_port_index(connection) == LOTTERY_PORT_CONSULT) {
        finish(connection);
    }
    proofs_free(&fields);
}

static void answer_asked(struct request *request) {
    struct proofs_wanted *wants = &request->wants;
    if (wants->is_other) { // and the ledger saw nothing wrong with it
        free(wants->shown);
        wants->shown = NULL;
    }
    struct consultation consultation = {request->ledger.input.agency, *wants};
    answer_consultation(request->connection, &consultation, request->wait);
    wants->shown = consultation.wants.shown;
}

static void send_stored(struct connection *connection, const struct request *request) {
    const struct ledger_request *ledger = &request->ledger;
    uint8_t *frame = malloc(reply_stored_bytes_max(ledger->answer.piece_count) + SMALL_FIELDS_BYTES_MAX);
    if (frame == NULL) {
        connection_abort(connection);
        return;
    }
    send_chunk_answer(connection, request, frame,
                      reply_encode_stored(frame, (uint64_t)ledger->answer.next, ledger->answer.pieces,
                                          ledger->answer.piece_count));
    free(frame);
}

// One reading of the clock serves all answers that the ledger gave together.
static void note_acknowledged(const struct request *request) {
    const struct lottery_loop *loop = request->loop;
    if (request->chunk->count > 0 && loop->woken_at_ns >= request->whole_at_ns) {
        counter_add_duration(&lottery_counters.acknowledge_seconds, loop->woken_at_ns - request->whole_at_ns);
    }
}

static void answer(struct request *request) {
    struct connection *connection = request->connection;
    const struct ledger_request *ledger = &request->ledger;
    uint8_t frame[REPLY_SMALL_BYTES_MAX];
    if (ledger->answer.error.code == ERROR_SHUTTING_DOWN) {
        return; // the connection is about to be closed, and clients take that as the same answer
    }
    if (ledger->answer.error.code != ERROR_NONE) {
        if (request->is_consultation) {
            refusals_log(connection, ledger->input.agency, &ledger->answer.error);
        }
        refuse(connection, request, &ledger->answer.error, ledger->answer.next);
    } else if (request->is_consultation && must_look(request->loop, request)) {
        flow_break_off(connection);
    } else if (request->is_consultation) {
        answer_asked(request);
    } else if (ledger->answer.pieces != NULL) {
        send_stored(connection, request);
        note_acknowledged(request);
    } else {
        struct lottery_connection *own = connection_state(connection);
        refusals_forget(connection);
        doubt_pay(&own->doubt, request->bytes);
        send_chunk_answer(connection, request, frame,
                          reply_encode_processed(frame, (uint64_t)ledger->answer.next));
        note_acknowledged(request);
    }
}

void answers_send(struct request *request) {
    struct connection *connection = request->connection;
    request_came_back(request);
    if (connection != NULL) {
        if (connection_is_open(connection)) {
            answer(request);
            answers_finish_if_done(connection);
        }
        flow_answered(request);
    }
    request_free(request);
}

void answers_to_waiting(struct lottery_loop *loop) {
    struct waiting_place *place;
    for (struct list_head held; (place = waiting_next(&loop->waiting, &held)) != NULL;) {
        struct connection *connection = CONTAINER_OF(place, struct lottery_connection, waiting)->connection;
        struct consultation consultation;
        connection_hold(connection);
        while (waiting_take(&held, &consultation)) {
            answer_consultation(connection, &consultation, true);
            free(consultation.wants.shown);
        }
        flow_resume(connection);
        connection_release(connection);
    }
}

static struct connection *connection_of(struct list_node *node) {
    struct waiting_place *place = CONTAINER_OF(node, struct waiting_place, node);
    return CONTAINER_OF(place, struct lottery_connection, waiting)->connection;
}

// To one of those that wait. It may end there, and let others go on, which may end then, too.
static void send_seal(struct lottery_loop *loop, struct connection *connection) {
    struct lottery_connection *own = connection_state(connection);
    struct consultation consultation;
    while (waiting_take_sealed(&loop->waiting, &own->waiting, &consultation)) {
        answer_consultation(connection, &consultation, true);
        free(consultation.wants.shown);
    }
}

// The next one is held while one is answered. If it does not wait any longer then, the walk begins again:
// those that have been answered have nothing more that a seal is for.
void answers_seal_to_waiting(struct lottery_loop *loop) {
    if (!proofs_are_sealed(loop->lottery)) {
        return;
    }
    for (struct list_node *node = loop->waiting.first; node != NULL;) {
        struct connection *connection = connection_of(node);
        struct connection *next = node->next == NULL ? NULL : connection_of(node->next);
        connection_hold(connection);
        if (next != NULL) {
            connection_hold(next);
        }
        send_seal(loop, connection);
        connection_release(connection);
        if (next == NULL) {
            return;
        }
        struct lottery_connection *own = connection_state(next);
        node = own->waiting.count == 0 ? loop->waiting.first : &own->waiting.node;
        connection_release(next);
    }
}
