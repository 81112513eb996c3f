#include "net/ending.h"

#include "net/arrival.h"
#include "net/holding.h"
#include "net/stage.h"

#include <sys/socket.h>

enum { LOOKS_A_SWEEP = 1000 }; // each check is a system call, and the other connections need their time

// Closing -------------------------------------------------------------------------------------------------

static void on_closed(uv_handle_t *handle) {
    struct connection *connection = handle->data;
    struct connections *all = connection->all;
    all->count--;
    connection_release(connection);
    all->events->gone(all->loop);
}

// Ends the connection now. `resets`: bytes that the peer has not read yet are thrown away, even in the
// kernel.
static void end(struct connection *connection, bool resets) {
    struct connections *all = connection->all;
    if (connection->stage == STAGE_CLOSED) {
        return;
    }
    bool has_ended = connection->stage == STAGE_LINGERING;
    stage_change(connection, STAGE_CLOSED);
    arrival_end(connection, has_ended);
    watch_remove(&connection->link);
    peers_leave(all->peers, connection->place);
    capacity_leave(all->capacity);
    all->handler->closed(connection);
    if (!connection->is_delivering) { // otherwise the service is still using its bytes
        input_give_back(&connection->in, &all->spares);
    }
    output_free(&connection->queued);
    writer_give_up(&connection->writer);
    holding_count(connection);
    if (resets) {
        (void)!uv_tcp_close_reset(&connection->socket, on_closed);
    }
    if (!uv_is_closing((uv_handle_t *)&connection->socket)) {
        uv_close((uv_handle_t *)&connection->socket, on_closed);
    }
}

void connection_abort(struct connection *connection) {
    end(connection, false);
}

void connection_finish(struct connection *connection) {
    if (stage_is_running(connection)) {
        stage_change(connection, STAGE_FINISHING);
    }
}

// Ended by somebody else ----------------------------------------------------------------------------------

void ending_note(const struct connection *connection, enum close_reason reason) {
    struct connections *all = connection->all;
    char peer[CONNECTION_ADDRESS_BYTES];
    connection_peer(connection, peer);
    closings_count(&all->closings, reason, peer);
    all->events->needs_sweeps(all->loop); // a sweep logs it
}

void ending_evict(struct connection *connection, enum close_reason reason) {
    ending_note(connection, reason);
    end(connection, reason == CLOSE_SEND_TIMEOUT); // otherwise the kernel would keep what nobody reads
}

void ending_evict_handshake(struct connection *connection, enum close_reason reason, const char *failure) {
    if (connection_is_open(connection)) {
        connection->all->handler->refused(connection, failure);
        ending_evict(connection, reason);
    }
}

void ending_refuse(struct connection *connection, enum tls_failure failure, const char *reason) {
    struct connections *all = connection->all;
    char peer[CONNECTION_ADDRESS_BYTES];
    connection_peer(connection, peer);
    closings_count_refused(&all->closings, failure, peer, reason);
    all->handler->refused(connection, tls_failure_name(failure));
    all->events->needs_sweeps(all->loop); // a sweep logs it
}

static bool is_shaking_hands(const struct connection *connection) {
    return connection->stage == STAGE_HANDSHAKE || connection->stage == STAGE_TURN;
}

void ending_for_memory(struct connection *connection) {
    if (is_shaking_hands(connection)) {
        ending_evict_handshake(connection, CLOSE_NO_MEMORY, "no_memory");
    } else if (connection_is_open(connection)) {
        ending_evict(connection, CLOSE_NO_MEMORY);
    }
}

// It was not refused, nor is it the peer's doing, if the server ended it first, as it does on shutdown.
static void refuse_cut_off(struct connection *connection) {
    if (is_shaking_hands(connection)) {
        ending_refuse(connection, TLS_CUT_OFF, "the connection ended in the middle of the handshake");
    }
}

void ending_lost(struct connection *connection) {
    refuse_cut_off(connection);
    connection_abort(connection);
}

// The end -------------------------------------------------------------------------------------------------

void ending_peer_ended(struct connection *connection) {
    const struct input *in = &connection->in;
    stage_set(connection, &connection->peer_ended, true);
    if (transport_state(&connection->transport) == TRANSPORT_OPENING) {
        ending_lost(connection);
    } else if (connection->stage == STAGE_OPEN) {
        connection->all->handler->ended(connection, in->bytes + in->start, in->end - in->start);
    } else if (stage_is_over(connection) && arrival_update(connection) != ARRIVAL_UNDER_WAY) {
        connection_abort(connection);
    }
}

static bool shut_down(struct connection *connection) {
    int descriptor;
    return uv_fileno((uv_handle_t *)&connection->socket, &descriptor) == 0 &&
           shutdown(descriptor, SHUT_WR) == 0;
}

// Where the service asked whether its last bytes have arrived, wait for that, for as long as sending may
// take. TLS announces its end only after that (sending.c).
void ending_all_sent(struct connection *connection) {
    bool is_over = connection->peer_ended && arrival_update(connection) != ARRIVAL_UNDER_WAY;
    bool is_finished = transport_is_finished(&connection->transport);
    if (is_over || (is_finished && !shut_down(connection))) {
        connection_abort(connection);
    } else {
        stage_change(connection, is_finished ? STAGE_LINGERING : STAGE_ARRIVING);
    }
}

// A connection that has ended on both sides was kept only to await arrival.
static void look_again(struct connection *connection) {
    enum arrival_state state = arrival_update(connection);
    if (state == ARRIVAL_LOST ||
        (state == ARRIVAL_NOT_AWAITED && connection->stage == STAGE_LINGERING && connection->peer_ended)) {
        connection_abort(connection);
    }
}

void ending_sweep_arrivals(struct connections *all) {
    const struct connection *last = arrivals_last(all);
    for (int i = 0; i < LOOKS_A_SWEEP; i++) {
        struct connection *connection = arrivals_take_turn(all);
        if (connection == NULL) {
            return;
        }
        bool is_last = connection == last;
        look_again(connection);
        if (is_last) {
            return;
        }
    }
}
