// The lottery's side of a connection: frames to messages, messages to the ledger, and answers back, in the
// order of the questions.
//
// Every message goes through the ledger's queue, also one that is refused or that only asks: so its answer
// cannot overtake those of the chunks before it.
#include "service/service.h"

#include "base/log.h"
#include "base/queue.h"
#include "net/connection.h"
#include "net/net.h"
#include "wire/frame.h"
#include "wire/message.h"
#include "wire/reply.h"

#include <assert.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <stdlib.h>

enum { RETRY_AFTER_MS = 1000 };

struct lottery {
    struct worker *worker;
    struct audit *audit; // or NULL
    uint32_t agencies;
    _Atomic(const struct winners *) winners; // NULL before the draw
    struct loop *loops[LOOPS_MAX];
    int loop_count;
};

// What a loop has of its own.
struct lottery_loop {
    struct lottery *lottery;
    struct loop *loop;
    struct message_decoder *decoder;
    struct queue done;                  // requests that the ledger has answered
    size_t chunk_bytes;                 // of chunks that are with the ledger
    struct lottery_connection *stalled; // connections that wait for that to become less
    struct lottery_connection *waiting; // connections that wait for the draw
};

// A consultation that is held until the draw.
struct held {
    struct held *next;
    uint32_t agency;
};

struct lottery_connection {
    uint32_t agency;     // with TLS: the one in its certificate, 0 when it is none. It speaks for no other
    unsigned in_ledger;  // messages that are with the ledger
    unsigned held_count; // consultations that wait for the draw
    bool ended;          // the other side sends no more
    bool broken;         // its stream is out of step: it is closed after the last answer
    bool finished;       // what is sent now does not leave any more
    bool is_stalled;
    struct held *held;
    struct lottery_connection *next_stalled;
    struct lottery_connection *previous_waiting, *next_waiting; // in lottery_loop.waiting, while `held`
    struct connection *connection;
};

enum request_kind { REQUEST_CHUNK, REQUEST_CONSULT, REQUEST_REFUSED, REQUEST_TOLD };

// A message on its way through the ledger.
struct request {
    struct ledger_request ledger;
    struct queue_node done_node;
    struct lottery_loop *loop;
    struct connection *connection; // held while the request lives; NULL for REQUEST_TOLD
    enum request_kind kind;
    bool wait;
    struct chunk *chunk;
    size_t chunk_bytes;
};

static struct lottery_loop *loop_of(struct connection *connection) {
    return loop_state(connection_loop(connection));
}

// The context that the loops share ------------------------------------------------------------------------

struct lottery *lottery_new(void) {
    return calloc(1, sizeof(struct lottery));
}

void lottery_free(struct lottery *lottery) {
    free(lottery);
}

void lottery_set_audit(struct lottery *lottery, struct audit *audit) {
    lottery->audit = audit;
}

void lottery_set_worker(struct lottery *lottery, struct worker *worker, uint32_t agencies) {
    lottery->worker = worker;
    lottery->agencies = agencies;
}

void lottery_set_winners(struct lottery *lottery, const struct winners *winners) {
    atomic_store(&lottery->winners, winners);
    for (int i = 0; i < lottery->loop_count; i++) {
        loop_wake(lottery->loops[i]);
    }
}

static bool on_loop_started(struct loop *loop, void *state, void *context, struct error *error) {
    struct lottery *lottery = context;
    struct lottery_loop *own = state;
    own->lottery = lottery;
    own->loop = loop;
    own->decoder = message_decoder_new();
    if (own->decoder == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for loop %d", loop_index(loop));
    }
    queue_init(&own->done);
    lottery->loops[lottery->loop_count++] = loop;
    return true;
}

static void on_loop_ended(struct loop *loop, void *state) {
    (void)loop;
    struct lottery_loop *own = state;
    if (own->decoder != NULL) {
        message_decoder_free(own->decoder);
        queue_destroy(&own->done);
    }
}

// Waiting for the draw ------------------------------------------------------------------------------------

static void start_waiting(struct lottery_loop *loop, struct lottery_connection *own) {
    own->previous_waiting = NULL;
    own->next_waiting = loop->waiting;
    if (loop->waiting != NULL) {
        loop->waiting->previous_waiting = own;
    }
    loop->waiting = own;
}

static void stop_waiting(struct lottery_loop *loop, struct lottery_connection *own) {
    if (own->previous_waiting != NULL) {
        own->previous_waiting->next_waiting = own->next_waiting;
    } else {
        loop->waiting = own->next_waiting;
    }
    if (own->next_waiting != NULL) {
        own->next_waiting->previous_waiting = own->previous_waiting;
    }
}

static bool hold_consultation(struct lottery_loop *loop, struct lottery_connection *own, uint32_t agency) {
    struct held *held = malloc(sizeof *held);
    if (held == NULL) {
        return false;
    }
    if (own->held == NULL) {
        start_waiting(loop, own);
    }
    *held = (struct held){.agency = agency};
    struct held **last = &own->held;
    while (*last != NULL) {
        last = &(*last)->next;
    }
    *last = held;
    own->held_count++;
    return true;
}

static struct held *take_held(struct lottery_loop *loop, struct lottery_connection *own) {
    struct held *held = own->held;
    own->held = NULL;
    own->held_count = 0;
    if (held != NULL) {
        stop_waiting(loop, own);
    }
    return held;
}

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

static void free_request(struct request *request) {
    chunk_free(request->chunk);
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
    request->ledger =
        (struct ledger_request){.type = LEDGER_PASS, .first = -1, .next = -1, .complete = on_complete};
    error_clear(&request->ledger.error);
    request->loop = loop;
    request->connection = connection;
    request->kind = REQUEST_REFUSED;
    request->wait = false;
    request->chunk = NULL;
    request->chunk_bytes = 0;
    if (connection != NULL) {
        connection_hold(connection);
    }
    return request;
}

static void submit(struct request *request) {
    struct lottery_connection *own =
        request->connection == NULL ? NULL : connection_state(request->connection);
    if (!worker_submit(request->loop->lottery->worker, &request->ledger)) {
        free_request(request); // the central is shutting down: the connection ends unanswered
        return;
    }
    request->loop->chunk_bytes += request->chunk_bytes;
    if (own != NULL) {
        own->in_ledger++;
    }
}

static void record_told(struct lottery_loop *loop, uint32_t agency) {
    struct request *request = new_request(loop, NULL);
    if (request != NULL) { // else it is told all the same, only not recorded
        request->kind = REQUEST_TOLD;
        request->ledger.type = LEDGER_TOLD;
        request->ledger.agency = agency;
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
    uint32_t agencies = loop_of(connection)->lottery->agencies;
    if (message->agency > agencies) {
        error_set(error, ERROR_UNKNOWN_AGENCY, "agency: %" PRIu32 " is not from 1 to %" PRIu32,
                  message->agency, agencies);
        error->field = "agency";
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

static bool take_chunk(struct request *request, struct error *error) {
    const struct chunk *chunk = request->chunk;
    request->ledger.chunk = chunk;
    request->chunk_bytes = chunk->rows_length + 2 * (size_t)chunk->count;
    return chunk_digest(chunk->numbers, chunk->count, chunk->rows, chunk->rows_length,
                        request->ledger.digest) ||
           error_set(error, ERROR_NO_MEMORY, "no memory for a digest");
}

static void log_refused(const struct message *message, const struct error *error) {
    log_event(LOG_LEVEL_WARNING, "receive_message", LOG_FAIL,
              "agencia: %" PRIu32 " | error: %s | message: %s", message->agency, error_name(error->code),
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
    audit_write_limited(loop_of(connection)->lottery->audit, "refused", fields, 5);
}

// Nothing more is taken from it: it is closed after the last answer.
static void break_off(struct connection *connection) {
    struct lottery_connection *own = connection_state(connection);
    own->broken = true;
    connection_pause(connection);
}

// Decodes one message and hands it over. Returns false when there is no memory.
static bool take_message(struct connection *connection, const uint8_t *bytes, size_t length) {
    struct lottery_loop *loop = loop_of(connection);
    struct request *request = new_request(loop, connection);
    if (request == NULL) {
        return false;
    }
    struct error *error = &request->ledger.error;
    struct message message;
    bool good = message_decode(loop->decoder, bytes, length, &message, error) &&
                check_message(connection, &message, error);
    request->chunk = message.chunk;
    request->ledger.agency = message.agency;
    request->ledger.first = message.first;
    request->ledger.bets_sent = message.bets_sent;
    if (good && message.type == MESSAGE_CONSULT_WINNERS) {
        request->kind = REQUEST_CONSULT;
        request->wait = message.wait;
    } else if (good && take_chunk(request, error)) {
        request->kind = REQUEST_CHUNK;
    }
    if (message.type == MESSAGE_SEND_CHUNK || message.type == MESSAGE_SEND_LAST_CHUNK) {
        request->ledger.type = message.type == MESSAGE_SEND_CHUNK ? LEDGER_CHUNK : LEDGER_LAST_CHUNK;
        request->ledger.chunk = good ? message.chunk : NULL; // the ledger logs what is refused, too
    } else if (!good) {
        log_refused(&message, error);
    }
    if (error->code == ERROR_NOT_AUTHORIZED) {
        audit_not_authorized(connection, message.agency);
        break_off(connection);
    }
    submit(request);
    return true;
}

static void refuse_frame(struct connection *connection, size_t length) {
    break_off(connection);
    struct request *request = new_request(loop_of(connection), connection);
    if (request == NULL) {
        connection_abort(connection);
        return;
    }
    error_set(&request->ledger.error, ERROR_BAD_FRAME, "the message claims %zu bytes, more than %d", length,
              MESSAGE_BYTES_MAX);
    log_refused(&(struct message){0}, &request->ledger.error);
    submit(request);
}

static void stall(struct lottery_loop *loop, struct connection *connection) {
    struct lottery_connection *own = connection_state(connection);
    connection_pause(connection);
    if (!own->is_stalled) {
        own->is_stalled = true;
        own->next_stalled = loop->stalled;
        loop->stalled = own;
        connection_hold(connection);
    }
}

// Whether another message of this connection may be taken now; pauses the connection when not.
static bool has_room(struct connection *connection) {
    struct lottery_loop *loop = loop_of(connection);
    const struct lottery_connection *own = connection_state(connection);
    if (own->in_ledger >= REQUESTS_OUTSTANDING_MAX) {
        connection_pause(connection);
        return false;
    }
    if (loop->chunk_bytes >= LOOP_CHUNK_BYTES_MAX) {
        stall(loop, connection);
        return false;
    }
    return true;
}

static size_t on_received(struct connection *connection, const uint8_t *bytes, size_t length) {
    const struct lottery_connection *own = connection_state(connection);
    size_t consumed = 0;
    while (!own->broken) {
        const uint8_t *message;
        size_t message_length;
        enum frame_state state =
            frame_next(bytes + consumed, length - consumed, MESSAGE_BYTES_MAX, &message, &message_length);
        if (state == FRAME_PARTIAL || !has_room(connection)) {
            return consumed;
        }
        if (state == FRAME_TOO_LONG) {
            refuse_frame(connection, message_length);
            return length;
        }
        if (!take_message(connection, message, message_length)) {
            connection_abort(connection);
            return length;
        }
        consumed += FRAME_HEADER_BYTES + message_length;
    }
    return length; // what comes behind is thrown away
}

// Answers out ---------------------------------------------------------------------------------------------

static bool send_winners(struct connection *connection, uint32_t agency, const struct winners *winners) {
    size_t length;
    const char *documents = winners_of(winners, agency, &length);
    uint8_t *frame = malloc(reply_winners_bytes(length));
    if (frame == NULL) {
        connection_abort(connection);
        return false;
    }
    connection_send(connection, frame, reply_encode_winners(frame, documents, length));
    free(frame);
    record_told(loop_of(connection), agency);
    return true;
}

static void finish(struct connection *connection) {
    struct lottery_connection *own = connection_state(connection);
    own->finished = true;
    connection_finish(connection);
}

// Ends the connection when nothing more is to be answered on it.
static void finish_if_done(struct connection *connection) {
    const struct lottery_connection *own = connection_state(connection);
    if ((own->ended || own->broken) && own->in_ledger == 0) {
        finish(connection);
    }
}

// Who could hold any number could fill the memory; and to stop reading would be no way out, as then nobody
// would notice that the other side is gone.
static void refuse_to_hold(struct connection *connection) {
    uint8_t frame[REPLY_SMALL_BYTES_MAX];
    struct error error;
    error_set(&error, ERROR_BAD_MESSAGE, "%d consultations of this connection wait for the draw already",
              HELD_MAX);
    connection_send(connection, frame, reply_encode_error(frame, &error, -1));
}

static void answer_consultation(struct connection *connection, uint32_t agency, bool wait) {
    struct lottery_loop *loop = loop_of(connection);
    struct lottery_connection *own = connection_state(connection);
    const struct winners *winners = atomic_load(&loop->lottery->winners);
    if (own->finished) {
        return; // nor may it be recorded that the agency was told
    }
    if (winners == NULL && wait && !own->ended) {
        if (own->held_count == HELD_MAX) {
            refuse_to_hold(connection);
        } else if (!hold_consultation(loop, own, agency)) {
            connection_abort(connection);
        }
        return;
    }
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

static void answer(struct request *request) {
    struct connection *connection = request->connection;
    const struct ledger_request *ledger = &request->ledger;
    uint8_t frame[REPLY_SMALL_BYTES_MAX];
    if (ledger->error.code == ERROR_SHUTTING_DOWN) {
        return; // the connection is about to be closed, which says the same to every client
    }
    if (ledger->error.code != ERROR_NONE) {
        connection_send(connection, frame, reply_encode_error(frame, &ledger->error, ledger->next));
    } else if (request->kind == REQUEST_CONSULT) {
        answer_consultation(connection, ledger->agency, request->wait);
    } else {
        connection_send(connection, frame, reply_encode_processed(frame, (uint64_t)ledger->next));
    }
}

static void on_answered(struct request *request) {
    struct connection *connection = request->connection;
    request->loop->chunk_bytes -= request->chunk_bytes;
    if (connection != NULL) {
        struct lottery_connection *own = connection_state(connection);
        own->in_ledger--;
        if (connection_is_open(connection)) {
            answer(request);
            finish_if_done(connection);
            if (!own->is_stalled && !own->broken) {
                connection_resume(connection);
            }
        }
    }
    free_request(request);
}

// The draw is made: everyone who waits on this loop is told.
static void answer_waiting(struct lottery_loop *loop) {
    while (loop->waiting != NULL) {
        struct lottery_connection *own = loop->waiting;
        struct connection *connection = own->connection;
        connection_hold(connection);
        for (struct held *held = take_held(loop, own), *next; held != NULL; held = next) {
            next = held->next;
            answer_consultation(connection, held->agency, true);
            free(held);
        }
        connection_resume(connection);
        connection_release(connection);
    }
}

static void resume_stalled(struct lottery_loop *loop) {
    struct lottery_connection *own = loop->stalled;
    loop->stalled = NULL;
    for (struct lottery_connection *next; own != NULL; own = next) {
        next = own->next_stalled;
        own->is_stalled = false;
        connection_resume(own->connection);
        connection_release(own->connection);
    }
}

static void on_loop_woken(struct loop *loop, void *state) {
    (void)loop;
    struct lottery_loop *own = state;
    for (struct queue_node *node = queue_take_all(&own->done), *next; node != NULL; node = next) {
        next = node->next;
        on_answered(CONTAINER_OF(node, struct request, done_node));
    }
    if (atomic_load(&own->lottery->winners) != NULL) {
        answer_waiting(own);
    }
    if (own->chunk_bytes < LOOP_CHUNK_BYTES_MAX) {
        resume_stalled(own);
    }
}

// Connections ---------------------------------------------------------------------------------------------

static void on_opened(struct connection *connection) {
    struct lottery_connection *own = connection_state(connection);
    own->connection = connection;
    if (log_enabled(LOG_LEVEL_INFO)) {
        char peer[CONNECTION_ADDRESS_BYTES];
        connection_peer(connection, peer);
        log_event(LOG_LEVEL_INFO, "accept_connections", LOG_SUCCESS, "ip: %s", peer);
    }
}

// The agency's number in the certificate; 0 when it is none.
static uint32_t agency_named(const char *identity) {
    char *end;
    unsigned long agency = strtoul(identity, &end, 10);
    bool is_number = identity[0] >= '1' && identity[0] <= '9' && *end == '\0' && agency <= AGENCIES_MAX;
    return is_number ? (uint32_t)agency : 0;
}

static void on_identified(struct connection *connection) {
    struct lottery_connection *own = connection_state(connection);
    struct connection_certificate certificate;
    char peer[CONNECTION_ADDRESS_BYTES];
    const char *identity = connection_identity(connection);
    own->agency = agency_named(identity);
    connection_certificate(connection, &certificate);
    connection_peer(connection, peer);
    log_event(LOG_LEVEL_INFO, "handshake", LOG_SUCCESS, "agencia: %s | ip: %s | serial: %s | resumed: %s",
              identity, peer, certificate.serial, certificate.resumed ? "yes" : "no");
    const struct audit_field fields[] = {{.name = "agency", .text = identity},
                                         {.name = "ip", .text = peer},
                                         {.name = "serial", .text = certificate.serial}};
    audit_write(loop_of(connection)->lottery->audit, "connected", fields, 3);
}

static void on_refused(struct connection *connection, const char *failure) {
    char peer[CONNECTION_ADDRESS_BYTES];
    connection_peer(connection, peer);
    const struct audit_field fields[] = {{.name = "reason", .text = failure}, {.name = "ip", .text = peer}};
    audit_write_limited(loop_of(connection)->lottery->audit, "refused", fields, 2);
}

static void drop_held(struct connection *connection) {
    struct lottery_connection *own = connection_state(connection);
    for (struct held *held = take_held(loop_of(connection), own), *next; held != NULL; held = next) {
        next = held->next;
        free(held);
    }
}

static bool owes_answer(struct connection *connection) {
    const struct lottery_connection *own = connection_state(connection);
    return own->in_ledger > 0 || own->held != NULL;
}

// Who sends no more still gets the answers to what it sent; but a held consultation needs somebody who waits,
// and one that has ended cannot be told from one that is gone.
static void on_ended(struct connection *connection, const uint8_t *rest, size_t length) {
    (void)rest; // half a message is none
    (void)length;
    struct lottery_connection *own = connection_state(connection);
    own->ended = true;
    drop_held(connection);
    finish_if_done(connection);
}

static void on_closed(struct connection *connection) {
    drop_held(connection);
}

const struct handler lottery_handler = {
    .connection_bytes = sizeof(struct lottery_connection),
    .loop_bytes = sizeof(struct lottery_loop),
    .input_bytes_max = FRAME_HEADER_BYTES + MESSAGE_BYTES_MAX,
    .loop_started = on_loop_started,
    .loop_woken = on_loop_woken,
    .loop_ended = on_loop_ended,
    .opened = on_opened,
    .identified = on_identified,
    .refused = on_refused,
    .received = on_received,
    .owes_answer = owes_answer,
    .ended = on_ended,
    .closed = on_closed,
};
