#include "service/lottery/refusals.h"

#include "base/log.h"
#include "bet/errors.h"
#include "service/lottery/counters.h"
#include "service/lottery/state.h"

#include <inttypes.h>

void refusals_count(void) {
    counter_add(&lottery_counters.messages_refused, 1);
}

void refusals_log(const struct connection *connection, uint32_t agency, const struct error *error) {
    struct log_source source = {error_name(error->code), connection_source(connection), false};
    refusals_count();
    (void)log_event_limited(&source, LOG_LEVEL_WARNING, "receive_message", LOG_FAIL,
                            "agencia: %" PRIu32 " | error: %s | message: %s", agency, source.error,
                            error->text);
}

void refusals_log_chunk(uint64_t source, uint32_t agency, uint32_t bets, const struct error *error) {
    struct log_source log_source = {error_name(error->code), source, false};
    refusals_count();
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
