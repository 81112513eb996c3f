#include "net/connections.h"

#include "net/reading.h"
#include "net/recheck.h"
#include "net/sending.h"
#include "net/socket.h"
#include "net/stage.h"

#include "base/container.h"

// Settling ------------------------------------------------------------------------------------------------

static void settle(struct connection *connection) {
    void (*const steps[])(struct connection *) = {sending_flush, reading_go_on, socket_settle_reading,
                                                  stage_settle_deadline};
    for (size_t i = 0; i < sizeof steps / sizeof steps[0] && connection->stage != STAGE_CLOSED; i++) {
        steps[i](connection);
    }
}

void connections_settle(struct connections *all) {
    struct connection *connection;
    do {
        while ((connection = stage_next_changed(all)) != NULL) {
            settle(connection);
            connection_release(connection);
        }
        all->events->settled(all->loop);
    } while (stage_any_changed(all));
}

// All of them ---------------------------------------------------------------------------------------------

// Calls `act` for every connection, and possibly twice for some.
static void for_all(struct connections *all, void (*act)(struct connection *connection)) {
    for (int kind = 0; kind < WATCH_KINDS; kind++) {
        struct connection *next = stage_first(all, (enum watch_kind)kind);
        for (struct connection *connection; (connection = next) != NULL;) {
            next = stage_next(connection, (enum watch_kind)kind);
            act(connection);
            next = stage_next_after_change(all, (enum watch_kind)kind, next);
        }
    }
    connections_settle(all);
}

void connections_quiet(struct connections *all) {
    all->is_quiet = true;
    handshakes_stop(&all->handshakes);
    for_all(all, stage_touch);
}

// In a handshake nothing is under way yet.
static void drain(struct connection *connection) {
    if (connection->stage != STAGE_OPEN) {
        connection_finish(connection);
    } else if (!connection->is_draining) {
        connection->is_draining = true;
        connection->all->handler->draining(connection);
    }
}

void connections_drain(struct connections *all) {
    for_all(all, drain);
}

// Half a message has its time, as always (guard.h).
static void finish_silent(struct connection *connection) {
    bool owes = connection->stage == STAGE_OPEN && (connection->in.start < connection->in.end ||
                                                    connection->all->handler->owes_answer(connection));
    if (!owes) {
        connection_finish(connection);
    }
}

void connections_finish_silent(struct connections *all) {
    for_all(all, finish_silent);
}

void connections_finish(struct connections *all) {
    for_all(all, connection_finish);
}

void connections_abort(struct connections *all) {
    for_all(all, connection_abort);
}

// From their beginning to their end -----------------------------------------------------------------------

static void on_turn(struct handshake *handshake) {
    struct connection *connection = CONTAINER_OF(handshake, struct connection, handshake);
    if (connection->stage == STAGE_TURN) {
        stage_change(connection, STAGE_HANDSHAKE);
        socket_read_now(connection);
    }
}

void connections_begin(struct connections *all, struct memory_pool *pool, uint64_t handshakes_seed) {
    memory_begin(&all->memory, pool);
    spares_begin(&all->spares, &all->memory);
    watch_init(&all->watch);
    handshakes_begin(&all->handshakes, all->uv, handshakes_seed, on_turn);
}

void connections_close(struct connections *all) {
    handshakes_close(&all->handshakes);
}

void connections_end(struct connections *all) {
    spares_free(&all->spares);
    recheck_end(all);
    reading_end(all);
}
