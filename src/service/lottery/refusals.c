#include "service/lottery/refusals.h"

#include "base/log.h"
#include "bet/errors.h"
#include "service/lottery/counters.h"
#include "service/lottery/state.h"

#include <inttypes.h>

// Whatever else there may be is something that the central cannot do, such as for want of memory.
static struct counter *class_of(const struct error_code *code) {
    struct lottery_counters *of = &lottery_counters;
    const struct {
        const struct error_code *code;
        struct counter *counter;
    } classes[] = {
        {ERROR_BAD_FRAME, &of->refused_malformed},
        {ERROR_BAD_JSON, &of->refused_malformed},
        {ERROR_BAD_MESSAGE, &of->refused_malformed},
        {ERROR_UNKNOWN_TYPE, &of->refused_malformed},
        {ERROR_NOT_AUTHORIZED, &of->refused_unauthorized},
        {ERROR_BAD_BET, &of->refused_bad_bet},
        {ERROR_AGENCY_FINISHED, &of->refused_late},
        {ERROR_DRAW_CLOSED, &of->refused_late},
        {ERROR_DRAW_ERASED, &of->refused_late},
        {ERROR_UNKNOWN_AGENCY, &of->refused_unfitting},
        {ERROR_GAP, &of->refused_unfitting},
        {ERROR_CONFLICT, &of->refused_unfitting},
        {ERROR_AGENCY_RESET, &of->refused_unfitting},
        {ERROR_OTHER_DRAW, &of->refused_unfitting},
        {ERROR_FORKED, &of->refused_unfitting},
    };
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++) {
        if (classes[i].code == code) {
            return classes[i].counter;
        }
    }
    return &of->refused_unable;
}

void refusals_count(const struct error *error) {
    counter_add(&lottery_counters.messages_refused, 1);
    counter_add(class_of(error->code), 1);
}

void refusals_log(const struct connection *connection, uint32_t agency, const struct error *error) {
    struct log_source source = {error_name(error->code), connection_source(connection), false};
    refusals_count(error);
    (void)log_event_limited(&source, LOG_LEVEL_WARNING, "receive_message", LOG_FAIL,
                            "agencia: %" PRIu32 " | error: %s | message: %s", agency, source.error,
                            error->text);
}

void refusals_log_chunk(uint64_t source, uint32_t agency, uint32_t bets, const struct error *error) {
    struct log_source log_source = {error_name(error->code), source, false};
    refusals_count(error);
    counter_add(&lottery_counters.chunks_refused, 1);
    (void)log_event_limited(&log_source, LOG_LEVEL_WARNING, "apuestas_almacenadas", LOG_FAIL,
                            "agencia: %" PRIu32 " | cantidad: %" PRIu32 " | error: %s | message: %s", agency,
                            bets, log_source.error, error->text);
}

// A client that is refused again and again is broken or hostile. Refusals do not count when the central
// cannot do something just now.
bool refusals_are_too_many(struct connection *connection, const struct error *error) {
    struct lottery_connection *own = connection_state(connection);
    uint32_t most = lottery_loop_of(connection)->lottery->refusals_max;
    bool is_ours = error_retryable(error->code) && error->code != ERROR_GAP;
    if (is_ours || own->broken || ++own->refusals != most) {
        return false;
    }
    counter_add(&lottery_counters.connections_refused, 1);
    char peer[CONNECTION_ADDRESS_BYTES];
    struct log_source source = {"refusals", connection_source(connection), false};
    connection_peer(connection, peer);
    (void)log_event_limited(&source, LOG_LEVEL_WARNING, "close_connection", LOG_SUCCESS,
                            "reason: refusals | ip: %s | count: %" PRIu32 " | error: %s", peer, most,
                            error_name(error->code));
    return true;
}

void refusals_forget(struct connection *connection) {
    struct lottery_connection *own = connection_state(connection);
    own->refusals = 0;
}
