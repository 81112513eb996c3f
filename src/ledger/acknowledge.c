#include "ledger/acknowledge.h"

#include "base/container.h"
#include "base/log.h"
#include "bet/bet.h"
#include "ledger/counters.h"
#include "ledger/request.h"

#include <inttypes.h>

static void tell_stored(const struct ledger_request *request) {
    const struct chunk *chunk = request->input.chunk;
    if (request->answer.stored == 0) {
        counter_add(&ledger_counters.chunks_repeated, 1);
        struct log_source source = {.number = request->input.source};
        (void)log_event_limited(&source, LOG_LEVEL_DEBUG, "apuestas_repetidas", LOG_SUCCESS,
                                "agencia: %" PRIu32 " | cantidad: %" PRIu32, request->input.agency,
                                chunk->count);
        return;
    }
    counter_add(&ledger_counters.chunks_stored, 1);
    counter_add(&ledger_counters.bets_stored, request->answer.stored);
    if (chunk->count == 1) {
        struct bet_slice fields[BET_FIELDS];
        bet_split(chunk->rows, chunk->rows_length - 1, fields);
        log_event(LOG_LEVEL_INFO, "apuesta_almacenada", LOG_SUCCESS, "dni: %.*s | numero: %.*s",
                  (int)fields[BET_DOCUMENT].length, fields[BET_DOCUMENT].text, (int)fields[BET_NUMBER].length,
                  fields[BET_NUMBER].text);
    }
    log_event(LOG_LEVEL_INFO, "apuestas_almacenadas", LOG_SUCCESS,
              "agencia: %" PRIu32 " | cantidad: %" PRIu32, request->input.agency, request->answer.stored);
}

static void tell(const struct ledger_request *request) {
    const struct chunk *chunk = request->input.chunk;
    if (request->answer.error.code != ERROR_NONE) {
        if (request->refused != NULL) {
            request->refused(request);
        }
        return;
    }
    if (request->input.type != LEDGER_CHUNK && request->input.type != LEDGER_LAST_CHUNK) {
        return;
    }
    if (chunk->count > 0) {
        tell_stored(request);
    }
    if (request->answer.finished) {
        log_event(LOG_LEVEL_INFO, "client_finished", LOG_SUCCESS, "agencia: %" PRIu32, request->input.agency);
    }
}

void acknowledge(struct queue_node *requests) {
    log_hold();
    for (struct queue_node *node = requests; node != NULL; node = node->next) {
        tell(CONTAINER_OF(node, struct ledger_request, node));
    }
    log_release();
    for (struct queue_node *node = requests, *next; node != NULL; node = next) {
        next = node->next;
        struct ledger_request *request = CONTAINER_OF(node, struct ledger_request, node);
        request->answer.more_follow = next != NULL;
        request->complete(request);
    }
}
