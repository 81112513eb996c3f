#include "connections.h"

#include "central.h"
#include "net/handler.h"
#include "network.h"
#include "service/service.h"
#include "wire/limits.h"
#include "world.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { LINGER_MS_MAX = 2000, ARRIVAL_MS_MAX = 60000 };

enum connection_phase { CONNECTION_OPEN, CONNECTION_FINISHING, CONNECTION_LINGERING, CONNECTION_CLOSED };

struct connection {
    struct connection *previous, *next;
    struct wire *wire;
    struct loop *loop;
    enum connection_phase phase;
    unsigned holds;
    int port;
    bool paused, peer_ended, delivering, awaits_arrival;
    size_t charged;
    uint8_t *input; // bytes that are not consumed
    size_t input_length;
    max_align_t state[];
};

#include "../unit/connection_stub.h"
#include "../unit/plain_peer_stub.h"

static struct connection *connections; // that are not closed
static struct connection *closed;      // that have not yet released their own hold, linked by `next`

// What net/connection.h promises ----------------------------------------------------------------------------

struct loop *connection_loop(struct connection *connection) {
    return connection->loop;
}

bool connection_is_open(const struct connection *connection) {
    return connection->phase != CONNECTION_CLOSED;
}

void connection_release(struct connection *connection) {
    assert(connection->holds > 0);
    if (--connection->holds == 0) {
        assert(connection->charged == 0);
        free(connection->input);
        free(connection);
    }
}

void connection_send(struct connection *connection, const uint8_t *bytes, size_t length) {
    if (connection->phase == CONNECTION_OPEN && !central_is_dying()) {
        wire_answer(connection->wire, bytes, length);
    }
}

void connection_send_lasting(struct connection *connection, const uint8_t *bytes, size_t length) {
    (void)connection, (void)bytes, (void)length;
    abort(); // no simulated agency has that many winners
}

void connection_await_arrival(struct connection *connection) {
    connection->awaits_arrival = connection->phase != CONNECTION_CLOSED;
#ifdef QUINIELA_CANARY_TOLD
    connections_arrived(connection);
#endif
}

void connection_refund(struct connection *connection, size_t bytes) {
    assert(bytes <= connection->charged);
    connection->charged -= bytes;
}

void connection_finish(struct connection *connection) {
    if (connection->phase == CONNECTION_OPEN) {
        connection->phase = CONNECTION_FINISHING;
    }
}

void connection_abort(struct connection *connection) {
    if (connection->phase == CONNECTION_CLOSED) {
        return;
    }
    connection->phase = CONNECTION_CLOSED;
    connection->paused = true;
    if (connection->previous != NULL) {
        connection->previous->next = connection->next;
    } else {
        connections = connection->next;
    }
    if (connection->next != NULL) {
        connection->next->previous = connection->previous;
    }
    lottery_handler.closed(connection);
    wire_central_closed(connection->wire);
    connection->next = closed;
    closed = connection;
}

static void deliver(struct connection *connection) {
    connection->delivering = true;
    size_t start = 0, consumed = 1;
    while (connection->phase == CONNECTION_OPEN && !connection->paused && consumed > 0 &&
           start < connection->input_length) {
        consumed =
            lottery_handler.received(connection, connection->input + start, connection->input_length - start);
        assert(consumed <= connection->input_length - start);
        start += consumed;
    }
    connection->delivering = false;
    if (connection->phase != CONNECTION_OPEN) {
        start = connection->input_length;
    }
    memmove(connection->input, connection->input + start, connection->input_length - start);
    connection->input_length -= start;
}

void connection_pause(struct connection *connection) {
    connection->paused = true;
}

void connection_resume(struct connection *connection) {
    if (connection->phase != CONNECTION_OPEN || !connection->paused) {
        return;
    }
    connection->paused = false;
    if (!connection->delivering && !central_is_quiet()) {
        connection_hold(connection);
        deliver(connection);
        if (connections_reads(connection)) {
            wire_central_reads(connection->wire);
        }
        connection_release(connection);
    }
}

// What the network tells ------------------------------------------------------------------------------------

struct connection *connections_accept(struct wire *wire, struct loop *loop, int port) {
    struct connection *connection = calloc(1, sizeof *connection + lottery_handler.connection_bytes);
    if (connection == NULL) {
        abort();
    }
    connection->wire = wire;
    connection->loop = loop;
    connection->port = port;
    connection->holds = 1;
    connection->next = connections;
    if (connections != NULL) {
        connections->previous = connection;
    }
    connections = connection;
    lottery_handler.opened(connection);
    return connection;
}

bool connections_reads(const struct connection *connection) {
    return !connection->peer_ended &&
           ((connection->phase == CONNECTION_OPEN && !connection->paused && !central_is_quiet()) ||
            connection->phase == CONNECTION_LINGERING);
}

void connections_receive(struct connection *connection, const uint8_t *bytes, size_t length) {
    if (connection->phase != CONNECTION_OPEN) {
        return; // lingering: the bytes are thrown away
    }
    uint8_t *input = malloc(connection->input_length + length + JSON_PADDING_BYTES);
    if (input == NULL) {
        abort();
    }
    memcpy(input, connection->input == NULL ? bytes : connection->input, connection->input_length);
    memcpy(input + connection->input_length, bytes, length);
    free(connection->input);
    connection->input = input;
    connection->input_length += length;
    deliver(connection);
}

void connections_end(struct connection *connection) {
    connection->peer_ended = true;
    if (connection->phase == CONNECTION_OPEN) {
        lottery_handler.ended(connection, connection->input, connection->input_length);
    } else if (connection->phase == CONNECTION_LINGERING && !connection->awaits_arrival) {
        connection_abort(connection);
    }
}

void connections_arrived(struct connection *connection) {
    if (connection->awaits_arrival) {
        connection->awaits_arrival = false;
        lottery_handler.arrived(connection);
    }
    if (connection->phase == CONNECTION_LINGERING && connection->peer_ended) {
        connection_abort(connection);
    }
}

void connections_lose(struct connection *connection) {
    connection_abort(connection);
}

// Ends ------------------------------------------------------------------------------------------------------

// Lingers longer while it is unknown whether the bytes sent have arrived.
static void stop_lingering(void *context, uint64_t waited_ms) {
    struct connection *connection = wire_central(context);
    if (connection != NULL && connection->awaits_arrival && waited_ms < ARRIVAL_MS_MAX) {
        world_after(LINGER_MS_MAX, stop_lingering, context, waited_ms + LINGER_MS_MAX);
    } else if (connection != NULL && connection->phase == CONNECTION_LINGERING) {
        connection_abort(connection);
        connections_settle();
    }
}

static void linger(struct connection *connection) {
    if (connection->peer_ended && !connection->awaits_arrival) {
        connection_abort(connection);
        return;
    }
    connection->phase = CONNECTION_LINGERING;
    wire_answer_ends(connection->wire);
    wire_central_reads(connection->wire);
    world_after(LINGER_MS_MAX, stop_lingering, connection->wire, 0);
}

void connections_settle(void) {
    for (struct connection *connection = connections, *next; connection != NULL; connection = next) {
        next = connection->next;
        if (connection->phase == CONNECTION_FINISHING) {
            linger(connection);
        }
    }
    while (closed != NULL) {
        struct connection *connection = closed;
        closed = connection->next;
        connection_release(connection);
    }
}

void connections_abort_all(void) {
    while (connections != NULL) {
        connection_abort(connections);
    }
    connections_settle();
}

void connections_finish_all(void) {
    for (struct connection *connection = connections; connection != NULL; connection = connection->next) {
        connection_finish(connection);
    }
    connections_settle();
}
