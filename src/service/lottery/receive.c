#include "service/lottery/receive.h"

#include "base/clock.h"
#include "base/container.h"
#include "base/log.h"
#include "bet/errors.h"
#include "service/lottery/audit_log.h"
#include "service/lottery/draining.h"
#include "service/lottery/flow.h"
#include "service/lottery/proofs.h"
#include "service/lottery/refusals.h"
#include "service/lottery/request.h"
#include "service/lottery/state.h"
#include "wire/foreign.h"
#include "wire/frame.h"
#include "wire/limits.h"

#include <assert.h>
#include <inttypes.h>

static_assert((int)HANDLER_PADDING_BYTES >= (int)JSON_PADDING_BYTES,
              "what was received is parsed where it stands");

static bool check_identity(struct connection *connection, uint32_t agency, struct error *error) {
    const struct lottery_connection *own = connection_state(connection);
    if (connection_identity(connection) == NULL || own->agency == agency) {
        return true; // plain text, or its own agency
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

// On a plain connection the client's own claim is all we have.
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
        request->is_list = lines_take_list(&own->line);
    }
    request->ledger.input.list_from = (uint64_t)message->stored;
    request->ledger.input.wants_receipt = message->wants_receipt;
    request->bytes += chunk_bytes(chunk);
    return chunk_digest(chunk->numbers, chunk->count, chunk->rows, chunk->rows_length,
                        request->ledger.input.digest) ||
           error_set(error, ERROR_NO_MEMORY, "no memory for a digest");
}

// Called on the ledger's thread, so the refusal is logged between the chunks stored before and after it.
static void on_refused(const struct ledger_request *ledger) {
    const struct request *request = CONTAINER_OF(ledger, struct request, ledger);
    refusals_log_chunk(ledger->input.source, ledger->input.agency, request->bets_sent, &ledger->answer.error);
}

static void break_off_if_last(struct connection *connection, uint32_t agency, const struct error *error) {
    const struct lottery_connection *own = connection_state(connection);
    if (error->code == ERROR_NOT_AUTHORIZED) {
        audit_log_not_authorized(connection, agency);
    }
    if (error->code == ERROR_NOT_AUTHORIZED || own->draining) {
        flow_break_off(connection);
    }
}

// Decodes one message and hands it to the ledger, unless it has to wait in a line first. Returns false when
// there is no memory.
static bool take_message(struct connection *connection, const uint8_t *bytes, size_t length) {
    struct lottery_connection *own = connection_state(connection);
    struct request *request = request_new(connection);
    if (request == NULL) {
        return false;
    }
    struct error *error = &request->ledger.answer.error;
    struct message message;
    bool good = message_decode(request->loop->decoder, bytes, length, &message, error) &&
                check_message(connection, &message, error) &&
                proofs_check(connection, &message, &request->wants, error) &&
                draining_may_take(connection, &message, error);
    request->chunk = message.chunk;
    request->ledger.input.agency = message.agency;
    request->ledger.input.first = message.first;
    request->bets_sent = message.bets_sent;
    request->whole_at_ns = own->whole_at_ns;
    request->wants_time = message.wants_time;
    request->wants_draw = message.wants_draw;
    if (good) {
        note_claim(connection, message.agency);
    }
    if (good && asks_for_list(&message) && !flow_may_list(connection, message.agency)) {
        request_free(request);
        return true;
    }
    if (good && message.type == MESSAGE_CONSULT_WINNERS) {
        request->is_consultation = true;
        request->wait = message.wait;
        request->returns = message.returns;
        own->returns = own->returns || message.returns;
        request_show_seal(request);
    } else if (good) {
        good = take_chunk(request, &message, error);
    }
    if (!good) { // a refused message only keeps its place among the answers
        doubt_refused(&own->doubt, length);
        chunk_free(request->chunk);
        request->chunk = message.chunk = NULL;
    }
    if (message.type == MESSAGE_SEND_CHUNK || message.type == MESSAGE_SEND_LAST_CHUNK) {
        request->ledger.input.type = message.type == MESSAGE_SEND_CHUNK ? LEDGER_CHUNK : LEDGER_LAST_CHUNK;
        request->ledger.input.chunk = good ? message.chunk : NULL;
        request->ledger.input.sender = &own->sender;
        request->ledger.refused = on_refused;
    } else if (!good) {
        refusals_log(connection, message.agency, error);
    }
    break_off_if_last(connection, message.agency, error);
    request_submit(request);
    return true;
}

// A length over the limit is most often another protocol's beginning.
static void say_what_it_is(const uint8_t *bytes, size_t available, size_t length, struct error *error) {
    switch (foreign_look(bytes, available)) {
    case FOREIGN_TLS_HELLO:
        error_set(
            error, ERROR_BAD_FRAME,
            "the client begins TLS, and this port speaks plain text: it was given certificates, and this "
            "server none (TLS_CERT, TLS_KEY, TLS_CA)");
        break;
    case FOREIGN_HTTP:
        error_set(error, ERROR_BAD_FRAME, "the client speaks HTTP, and this is no web server");
        break;
    default:
        error_set(error, ERROR_BAD_FRAME, "the message claims %zu bytes, more than %d", length,
                  MESSAGE_BYTES_MAX);
    }
}

static void refuse_frame(struct connection *connection, const uint8_t *bytes, size_t available,
                         size_t length) {
    flow_break_off(connection);
    struct request *request = request_new(connection);
    if (request == NULL) {
        connection_abort(connection);
        return;
    }
    say_what_it_is(bytes, available, length, &request->ledger.answer.error);
    refusals_log(connection, 0, &request->ledger.answer.error);
    request_submit(request);
}

// From here on it may have to wait for its turn, and its sender waits with it.
static void note_whole(struct lottery_connection *own) {
    if (own->whole_at_ns == 0) {
        own->whole_at_ns = clock_steady_ns();
    }
}

size_t receive_messages(struct connection *connection, const uint8_t *bytes, size_t length) {
    struct lottery_connection *own = connection_state(connection);
    size_t consumed = 0;
    while (!own->broken) {
        const uint8_t *message;
        size_t message_length = 0;
        enum frame_state state =
            frame_next(bytes + consumed, length - consumed, MESSAGE_BYTES_MAX, &message, &message_length);
        if (state != FRAME_TOO_LONG) {
            flow_look(connection, message_length, state == FRAME_COMPLETE);
        }
        if (state == FRAME_COMPLETE) {
            note_whole(own);
        }
        if (state == FRAME_PARTIAL || !flow_may_take(connection)) {
            return consumed;
        }
        if (state == FRAME_TOO_LONG) {
            refuse_frame(connection, bytes + consumed, length - consumed, message_length);
            return length;
        }
        uint64_t began_ns = flow_start(connection);
        if (!take_message(connection, message, message_length)) {
            connection_abort(connection);
            return length;
        }
        flow_stop(connection, began_ns);
        if (flow_keeps_message(connection)) {
            return consumed; // the message has yet to be taken
        }
        own->whole_at_ns = 0;
        consumed += FRAME_HEADER_BYTES + message_length;
    }
    return length; // the rest is thrown away
}
