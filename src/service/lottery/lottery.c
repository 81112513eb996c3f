// The lottery as a service of the net: the lifetimes of the whole, of each loop and of each connection.
#include "base/clock.h"
#include "base/container.h"
#include "base/log.h"
#include "bet/limits.h"
#include "ledger/notice.h"
#include "service/lottery/answers.h"
#include "service/lottery/audit_log.h"
#include "service/lottery/flow.h"
#include "service/lottery/recall.h"
#include "service/lottery/receive.h"
#include "service/lottery/request.h"
#include "service/lottery/state.h"
#include "service/service.h"
#include "wire/limits.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

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

void lottery_set_refusals_max(struct lottery *lottery, uint32_t refusals_max) {
    lottery->refusals_max = refusals_max;
}

void lottery_set_draw(struct lottery *lottery, const char *draw) {
    snprintf(lottery->draw, sizeof lottery->draw, "%s", draw);
}

void lottery_set_worker(struct lottery *lottery, struct worker *worker) {
    lottery->worker = worker;
}

void lottery_set_winners(struct lottery *lottery, const struct winners *winners) {
    atomic_store(&lottery->winners, winners);
    for (int i = 0; i < lottery->loop_count; i++) {
        loop_wake(lottery->loops[i]);
    }
}

static void on_sealed(void *context) {
    struct lottery *lottery = context;
    atomic_fetch_add(&lottery->seals, 1);
    for (int i = 0; i < lottery->loop_count; i++) {
        loop_wake(lottery->loops[i]);
    }
}

void lottery_set_notice(struct lottery *lottery, struct notice *notice) {
    lottery->notice = notice;
    if (notice != NULL) {
        notice_listen(notice, on_sealed, lottery);
    }
}

void lottery_recall(struct lottery *lottery, uint32_t agency) {
    recall_agency(lottery, agency);
}

static bool on_loop_started(struct loop *loop, void *state, void *context, struct error *error) {
    struct lottery *lottery = context;
    struct lottery_loop *own = state;
    own->lottery = lottery;
    own->loop = loop;
    own->decoder = message_decoder_new();
    if (own->decoder == NULL || !flow_begin_loop(own)) {
        flow_end_loop(own);
        message_decoder_free(own->decoder);
        own->decoder = NULL;
        return error_set(error, ERROR_NO_MEMORY, "no memory for loop %d", loop_index(loop));
    }
    queue_init(&own->done);
    queue_init(&own->recalled);
    lottery->loops[lottery->loop_count++] = loop;
    return true;
}

static void on_loop_ended(struct loop *loop, void *state) {
    (void)loop;
    struct lottery_loop *own = state;
    if (own->decoder != NULL) {
        message_decoder_free(own->decoder);
        queue_destroy(&own->done);
        recall_forget(own);
        queue_destroy(&own->recalled);
        request_free_spares(own);
        flow_end_loop(own);
    }
}

static void on_loop_woken(struct loop *loop, void *state) {
    (void)loop;
    struct lottery_loop *own = state;
    own->woken_at_ns = clock_steady_ns();
    for (struct queue_node *node = queue_take_all(&own->done), *next; node != NULL; node = next) {
        next = node->next;
        answers_send(CONTAINER_OF(node, struct request, done_node));
    }
    unsigned seals = atomic_load(&own->lottery->seals);
    if (atomic_load(&own->lottery->winners) != NULL) {
        answers_to_waiting(own);
    } else if (seals != own->seals_told) {
        own->seals_told = seals;
        answers_seal_to_waiting(own);
    }
    recall_end_connections(own);
    flow_go_on(own);
}

// Connections ---------------------------------------------------------------------------------------------

static void on_opened(struct connection *connection) {
    struct lottery_connection *own = connection_state(connection);
    own->connection = connection;
    if (log_enabled(LOG_LEVEL_INFO)) {
        char peer[CONNECTION_ADDRESS_BYTES];
        struct log_source source = {.number = connection_source(connection)};
        connection_peer(connection, peer);
        (void)log_event_limited(&source, LOG_LEVEL_INFO, "accept_connections", LOG_SUCCESS, "ip: %s", peer);
    }
}

// The number of the agency that the certificate names; 0 when that is not an agency.
static uint32_t agency_named(const char *identity) {
    char *end;
    unsigned long agency = strtoul(identity, &end, 10);
    bool is_number = identity[0] >= '1' && identity[0] <= '9' && *end == '\0' && agency <= AGENCIES_MAX;
    return is_number ? (uint32_t)agency : 0;
}

bool lottery_is_agency(const char *identity) {
    return agency_named(identity) != 0;
}

static void on_identified(struct connection *connection) {
    struct lottery_connection *own = connection_state(connection);
    struct connection_certificate certificate;
    char peer[CONNECTION_ADDRESS_BYTES];
    const char *identity = connection_identity(connection);
    own->agency = agency_named(identity);
    if (own->agency != 0) {
        connection_claim(connection, own->agency);
    }
    connection_certificate(connection, &certificate);
    connection_peer(connection, peer);
    struct log_source source = {.number = connection_source(connection)};
    (void)log_event_limited(&source, LOG_LEVEL_INFO, "handshake", LOG_SUCCESS,
                            "agencia: %s | ip: %s | serial: %s | resumed: %s", identity, peer,
                            certificate.serial, certificate.resumed ? "yes" : "no");
    audit_log_connected(connection);
}

static bool owes_answer(struct connection *connection) {
    const struct lottery_connection *own = connection_state(connection);
    return own->in_ledger > 0 || own->waiting.count > 0;
}

// A client that sends nothing more still gets its answers. Held consultations are dropped: they need a client
// that waits, and we cannot tell one that has ended from one that is gone.
static void on_ended(struct connection *connection, const uint8_t *rest, size_t length) {
    (void)rest; // half a message is ignored
    (void)length;
    struct lottery_connection *own = connection_state(connection);
    own->ended = true;
    waiting_drop(&lottery_loop_of(connection)->waiting, &own->waiting);
    answers_finish_if_done(connection);
}

static void on_closed(struct connection *connection) {
    struct lottery_connection *own = connection_state(connection);
    telling_drop(&own->telling);
    waiting_drop(&lottery_loop_of(connection)->waiting, &own->waiting);
    flow_leave(connection);
}

// The message that tells a client without TLS what it needs: an error, as reply_encode_error would write it.
#define NEEDS_TLS                                                                                            \
    "{\"type_message\":4,\"payload\":{\"code\":\"tls_required\",\"message\":\"this port speaks TLS: the "    \
    "agency needs its "                                                                                      \
    "certificate, its key and the authority (--tls-cert, --tls-key, --tls-ca)\",\"retryable\":false}}"

enum { NEEDS_TLS_BYTES = sizeof NEEDS_TLS - 1 };

static const struct {
    uint8_t header[FRAME_HEADER_BYTES];
    char message[NEEDS_TLS_BYTES];
} needs_tls = {{0, 0, NEEDS_TLS_BYTES >> 8, NEEDS_TLS_BYTES & 0xff}, NEEDS_TLS};

const struct handler lottery_handler = {
    .connection_bytes = sizeof(struct lottery_connection),
    .loop_bytes = sizeof(struct lottery_loop),
    .input_bytes_max = FRAME_HEADER_BYTES + MESSAGE_BYTES_MAX,
    .needs_tls = &needs_tls,
    .needs_tls_bytes = sizeof needs_tls,
    .loop_started = on_loop_started,
    .loop_woken = on_loop_woken,
    .loop_ended = on_loop_ended,
    .opened = on_opened,
    .identified = on_identified,
    .refused = audit_log_refused,
    .received = receive_messages,
    .owes_answer = owes_answer,
    .ended = on_ended,
    .draining = answers_draining,
    .arrived = answers_arrived,
    .closed = on_closed,
};
