// Bytes as they are.
#include "net/internal.h"

static uint8_t *room(struct connection *connection, size_t *length) {
    return connection_input_room(connection, length);
}

static enum transport_state take(struct connection *connection, size_t length) {
    connection_input_added(connection, length);
    return TRANSPORT_OPEN;
}

static bool put(struct connection *connection, const uint8_t *bytes, size_t length) {
    return connection_output_add(connection, bytes, length);
}

static void nothing(struct connection *connection) {
    (void)connection;
}

const struct transport transport_plain = {
    .room = room,
    .take = take,
    .put = put,
    .end = nothing,
    .gone = nothing,
};
