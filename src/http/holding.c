#include "http/holding.h"

#include "base/clock.h"
#include "base/container.h"
#include "http/connection.h"
#include "http/counters.h"

static void end_slowest(const struct connection *newcomer) {
    struct bounds_entry *entry = bounds_holds_longest(&newcomer->http->bounds, &newcomer->entry);
    struct connection *slowest = entry == NULL ? NULL : CONTAINER_OF(entry, struct connection, entry);
    if (slowest != NULL && !slowest->is_ending && clock_steady_ms() - entry->held_since_ms > HTTP_HELD_MS) {
        http_connection_end(slowest);
        counter_add(&http_counters.connections_evicted, 1);
    }
}

bool holding_has_room(struct connection *connection) {
    bool has_room = bounds_may_hold(&connection->http->bounds, &connection->entry);
    if (!has_room) {
        end_slowest(connection);
    }
    return has_room;
}

void holding_set(struct connection *connection, size_t bytes) {
    bounds_hold(&connection->http->bounds, &connection->entry, bytes, clock_steady_ms());
}
