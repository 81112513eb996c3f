#include "net/holding.h"

#include <assert.h>
#include <stdlib.h>

void *connection_state(struct connection *connection) {
    return connection->state;
}

struct loop *connection_loop(struct connection *connection) {
    return connection->all->loop;
}

int connection_port_index(const struct connection *connection) {
    return connection->port_index;
}

// How much ------------------------------------------------------------------------------------------------

void holding_count(struct connection *connection) {
    bool is_closed = connection->stage == STAGE_CLOSED; // and its session is about to be freed
    size_t now = input_held(&connection->in) + connection->writer.out.kept + connection->queued.kept +
                 connection->charged + (is_closed ? 0 : transport_held(&connection->transport));
    if (now != connection->counted) {
        memory_add(&connection->all->memory, now - connection->counted);
        connection->counted = now;
    }
}

size_t holding_reclaimable(const struct connection *connection) {
    return connection->counted - connection->charged;
}

void connection_charge(struct connection *connection, size_t bytes) {
    connection->charged += bytes;
    holding_count(connection);
}

void connection_refund(struct connection *connection, size_t bytes) {
    connection->charged -= bytes;
    holding_count(connection);
}

// How long ------------------------------------------------------------------------------------------------

static void free_connection(struct connection *connection) {
    if (transport_is_secure(&connection->transport)) {
        handshakes_leave(&connection->all->handshakes, &connection->handshake);
    }
    transport_free(&connection->transport);
    output_free(&connection->queued);
    writer_give_up(&connection->writer);
    holding_count(connection);
    free(connection);
}

void connection_hold(struct connection *connection) {
    connection->holds++;
}

void connection_release(struct connection *connection) {
    assert(connection->holds > 0);
    if (--connection->holds == 0) {
        free_connection(connection);
    }
}
