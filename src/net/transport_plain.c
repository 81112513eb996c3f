// Bytes as they are.
#include "net/internal.h"
#include "stream/output.h"

static uint8_t *room(struct connection *connection, size_t *length) {
    return connection_input_room(connection, length);
}

static enum transport_state take(struct connection *connection, size_t length) {
    connection_input_added(connection, length);
    return TRANSPORT_OPEN;
}

static bool fill(struct connection *connection) {
    output_move(connection_output(connection), connection_queued(connection));
    return true;
}

static void nothing(struct connection *connection) {
    (void)connection;
}

const struct transport transport_plain = {
    .room = room,
    .take = take,
    .fill = fill,
    .end = nothing,
    .gone = nothing,
};
