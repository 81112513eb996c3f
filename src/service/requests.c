// Frames to messages, and messages to the ledger.
//
// Every message goes through the ledger's queue, also one that is refused or that only asks: so its answer
// cannot overtake those of the chunks before it.
#include "service/internal.h"

#include "base/log.h"
#include "bet/errors.h"
#include "service/limits.h"
#include "wire/frame.h"
#include "wire/limits.h"
#include "wire/reply.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>

static_assert((int)HANDLER_PADDING_BYTES >= (int)JSON_PADDING_BYTES,
              "what was received is parsed where it stands");

// Handing requests over -----------------------------------------------------------------------------------

// Called on the ledger's thread.
static void on_complete(struct ledger_request *ledger_request) {
    struct request *request = CONTAINER_OF(ledger_request, struct request, ledger);
    struct loop *loop = request->loop->loop;
    bool pushed = queue_push(&request->loop->done, &request->done_node);
    assert(pushed);
    (void)pushed;
    loop_wake(loop);
}

void requests_free(struct request *request) {
    chunk_free(request->chunk);
    free(request->ledger.answer.pieces);
    if (request->connection != NULL) {
        connection_release(request->connection);
    }
    free(request);
}

static struct request *new_request(struct lottery_loop *loop, struct connection *connection) {
    struct request *request = malloc(sizeof *request);
    if (request == NULL) {
        return NULL;
    }
    *request = (struct request){
        .ledger = {.input.type = LEDGER_PASS, .input.first = -1, .answer.next = -1, .complete = on_complete},
        .loop = loop,
        .connection = connection,
        .kind = REQUEST_REFUSED,
        .bytes = sizeof *request,
    };
    error_clear(&request->ledger.answer.error);
    if (connection != NULL) {
        request->ledger.input.source = connection_source(connection);
        connection_hold(connection);
    }
    return request;
}

static void submit(struct request *request) {
    struct connection *connection = request->connection;
    request->ledger.input.turn_agency = (uint64_t)request->ledger.input.agency << 1;
    if (connection != NULL) {
        admission_begin(request);
    }
    if (!worker_submit(request->loop->lottery->worker, &request->ledger)) {
        if (connection != NULL) {
            admission_cancel(request);
        }
        requests_free(request); // the central is shutting down: the connection ends unanswered
        return;
    }
    request->loop->chunk_bytes += request->bytes;
    if (connection != NULL) {
        struct lottery_connection *own = connection_state(connection);
        own->in_ledger++;
        connection_charge(connection, request->bytes);
    }
}

void requests_record_told(struct lottery_loop *loop, uint32_t agency) {
    struct request *request = new_request(loop, NULL);
    if (request != NULL) { // else it is told all the same, only not recorded
        request->kind = REQUEST_TOLD;
        request->ledger.input.type = LEDGER_TOLD;
        request->ledger.input.agency = agency;
        submit(request);
    }
}

// Messages in ---------------------------------------------------------------------------------------------

static bool check_identity(struct connection *connection, uint32_t agency, struct error *error) {
    const struct lottery_connection *own = connection_state(connection);
    if (connection_identity(connection) == NULL || own->agency == agency) {
        return true; // plain text, or itself
    }
    error_set(error, ERROR_NOT_AUTHORIZED, "agency: the certificate is of agency %.20s, not of %" PRIu32,
              connection_identity(connection), agency);
    error->field = "agency";
    return false;
}

static bool check_message(struct connection *connection, const struct message *message, struct error *error) {
    if (!check_identity(connection, message->agency, error)) {
        return false;
    }
    if (message->type != MESSAGE_CONSULT_WINNERS &&
        connection_port_index(connection) == LOTTERY_PORT_CONSULT) {
        error_set(error, ERROR_BAD_MESSAGE, "type_message: this port takes consultations (3) only");
        error->field = "type_message";
        return false;
    }
    return true;
}

// In plain text what it says is all that is known of it.
static void note_claim(struct connection *connection, uint32_t agency) {
    struct lottery_connection *own = connection_state(connection);
    if (connection_identity(connection) == NULL && own->claimed != agency) {
        own->claimed = agency;
        connection_claim(connection, agency);
    }
}

static bool asks_for_list(const struct message *message) {
    return message->type != MESSAGE_CONSULT_WINNERS && message->stored >= 0 && message->first == 0;
}

static bool take_chunk(struct request *request, const struct message *message, struct error *error) {
    const struct chunk *chunk = request->chunk;
    request->ledger.input.wants_list = asks_for_list(message);
    if (request->ledger.input.wants_list) {
        struct lottery_connection *own = connection_state(request->connection);
        request->is_list = true;
        own->may_list = false;
    }
    request->ledger.input.list_from = (uint64_t)message->stored;
    request->bytes += chunk_bytes(chunk);
    return chunk_digest(chunk->numbers, chunk->count, chunk->rows, chunk->rows_length,
                        request->ledger.input.digest) ||
           error_set(error, ERROR_NO_MEMORY, "no memory for a digest");
}

void requests_log_refused(const struct connection *connection, uint32_t agency, const struct error *error) {
    struct log_source source = {error_name(error->code), connection_source(connection), false};
    (void)log_event_limited(&source, LOG_LEVEL_WARNING, "receive_message", LOG_FAIL,
                            "agencia: %" PRIu32 " | error: %s | message: %s", agency, source.error,
                            error->text);
}

static void audit_not_authorized(struct connection *connection, uint32_t wanted) {
    char peer[CONNECTION_ADDRESS_BYTES];
    struct connection_certificate certificate;
    connection_peer(connection, peer);
    connection_certificate(connection, &certificate);
    const struct audit_field fields[] = {{.name = "reason", .text = error_name(ERROR_NOT_AUTHORIZED)},
                                         {.name = "ip", .text = peer},
                                         {.name = "agency", .text = connection_identity(connection)},
                                         {.name = "serial", .text = certificate.serial},
                                         {.name = "wanted", .number = wanted}};
    const struct audit_sort sort = {"refused", error_name(ERROR_NOT_AUTHORIZED),
                                    connection_identity(connection)};
    audit_write_limited(lottery_loop_of(connection)->lottery->audit, &sort, fields, 5);
}

void requests_break_off(struct connection *connection) {
    struct lottery_connection *own = connection_state(connection);
    own->broken = true;
    connection_pause(connection);
}

// Decodes one message and hands it over, unless it has to wait in a line first. Returns false when there is
// no memory.
static bool take_message(struct connection *connection, const uint8_t *bytes, size_t length) {
    struct lottery_loop *loop = lottery_loop_of(connection);
    struct request *request = new_request(loop, connection);
    if (request == NULL) {
        return false;
    }
    struct error *error = &request->ledger.answer.error;
    struct message message;
    bool good = message_decode(loop->decoder, bytes, length, &message, error) &&
                check_message(connection, &message, error);
    request->chunk = message.chunk;
    request->ledger.input.agency = message.agency;
    request->ledger.input.first = message.first;
    request->ledger.input.bets_sent = message.bets_sent;
    if (good) {
        note_claim(connection, message.agency);
    }
    if (good && asks_for_list(&message) && !lines_list_may_go(connection, message.agency)) {
        requests_free(request);
        return true;
    }
    if (good && message.type == MESSAGE_CONSULT_WINNERS) {
        request->kind = REQUEST_CONSULT;
        request->wait = message.wait;
    } else if (good && (good = take_chunk(request, &message, error))) {
        request->kind = REQUEST_CHUNK;
    }
    if (!good) { // what is refused only keeps its place among the answers
        doubt_refused(connection, length);
        chunk_free(request->chunk);
        request->chunk = message.chunk = NULL;
    }
    if (message.type == MESSAGE_SEND_CHUNK || message.type == MESSAGE_SEND_LAST_CHUNK) {
        request->ledger.input.type = message.type == MESSAGE_SEND_CHUNK ? LEDGER_CHUNK : LEDGER_LAST_CHUNK;
        request->ledger.input.chunk = good ? message.chunk : NULL; // the ledger logs what is refused, too
    } else if (!good) {
        requests_log_refused(connection, message.agency, error);
    }
    if (error->code == ERROR_NOT_AUTHORIZED) {
        audit_not_authorized(connection, message.agency);
        requests_break_off(connection);
    }
    submit(request);
    return true;
}

static void refuse_frame(struct connection *connection, size_t length) {
    requests_break_off(connection);
    struct request *request = new_request(lottery_loop_of(connection), connection);
    if (request == NULL) {
        connection_abort(connection);
        return;
    }
    error_set(&request->ledger.answer.error, ERROR_BAD_FRAME, "the message claims %zu bytes, more than %d",
              length, MESSAGE_BYTES_MAX);
    requests_log_refused(connection, 0, &request->ledger.answer.error);
    submit(request);
}

// Whether another message of this connection may be taken now; pauses the connection when not.
static bool has_room(struct connection *connection) {
    const struct lottery_connection *own = connection_state(connection);
    if (own->in_ledger >= REQUESTS_OUTSTANDING_MAX || !telling_has_room(own) || lines_is_waiting(own)) {
        connection_pause(connection);
        return false;
    }
    return doubt_may_go(connection) && lines_room_may_take(connection) && admission_may_go(connection);
}

size_t requests_received(struct connection *connection, const uint8_t *bytes, size_t length) {
    struct lottery_connection *own = connection_state(connection);
    size_t consumed = 0;
    while (!own->broken) {
        const uint8_t *message;
        size_t message_length = 0;
        enum frame_state state =
            frame_next(bytes + consumed, length - consumed, MESSAGE_BYTES_MAX, &message, &message_length);
        if (state != FRAME_TOO_LONG) {
            doubt_look(connection, message_length, state == FRAME_COMPLETE);
        }
        if (state == FRAME_PARTIAL || !has_room(connection)) {
            return consumed;
        }
        if (state == FRAME_TOO_LONG) {
            refuse_frame(connection, message_length);
            return length;
        }
        uint64_t began_ns = doubt_begin(own);
        if (!take_message(connection, message, message_length)) {
            connection_abort(connection);
            return length;
        }
        if (own->owed != 0) {
            doubt_end(connection, began_ns);
        }
        if (lines_is_waiting(own)) {
            return consumed; // with the message still to be taken
        }
        consumed += FRAME_HEADER_BYTES + message_length;
    }
    return length; // what comes behind is thrown away
}

static bool may_go_on(const struct lottery_connection *own) {
    return !lines_is_waiting(own) && !doubt_is_waiting(own) && !own->broken && own->turn.lane == NULL;
}

void requests_resume(struct connection *connection) {
    const struct lottery_connection *own = connection_state(connection);
    if (!may_go_on(own)) {
        return;
    }
    connection_hold(connection);
    connection_resume(connection);
    if (may_go_on(own)) { // nobody else keeps it: it may have to read its answers first, if it ever does
        lines_give_list_back(connection);
    }
    connection_release(connection);
}
