// Connections: from their beginning to an end that loses nothing on its way, and reading with back-pressure.
//
//   OPEN ──connection_finish──→ FINISHING ──all sent──→ LINGERING ──the other side ends, or time──→ CLOSED
//     └────────────── connection_abort, an error ───────────────────────────────────────────────────↗
//
// Lingering: our end is sent, and what still comes in is thrown away for a while. Closing at once would
// answer it with a reset, and a reset can destroy the last message before the other side has read it. Where
// the service wants to know whether that has arrived, it is waited for as long as bytes to be sent may take;
// the end of TLS is only said then (sending.c), and so what lingers goes back to FINISHING for it.
#include "net/connection_parts.h"

#include "base/queue.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    // A connection whose other side has vanished is found by the kernel within two minutes, also when it is
    // silent by right. Each that is silent costs a packet a minute.
    KEEPALIVE_SECONDS = 60,
    KEEPALIVE_AGAIN_SECONDS = 15,
    KEEPALIVE_TRIES = 4,
};

void *connection_state(struct connection *connection) {
    return connection->state;
}

struct loop *connection_loop(struct connection *connection) {
    return connection->loop;
}

int connection_port_index(const struct connection *connection) {
    return connection->port_index;
}

struct connection *connection_of(struct watch_link *link) {
    return CONTAINER_OF(link, struct connection, link);
}

bool connection_is_open(const struct connection *connection) {
    return connection->phase != CONNECTION_CLOSED;
}

// Input ---------------------------------------------------------------------------------------------------

uint8_t *connection_input_room(struct connection *connection, size_t *length) {
    struct input *in = &connection->in;
    if (!input_make_room(connection->loop, in, connection)) {
        return NULL;
    }
    memory_count(connection);
    *length = in->capacity - in->end;
    return in->bytes + in->end;
}

void connection_input_added(struct connection *connection, size_t length) {
    connection->in.end += length;
}

// The transport -------------------------------------------------------------------------------------------

void *connection_transport_state(const struct connection *connection) {
    return connection->transport_state;
}

bool connection_transport_is_open(const struct connection *connection) {
    return connection->transport_is == TRANSPORT_OPEN;
}

const char *connection_identity(const struct connection *connection) {
    return connection->transport == &transport_tls
               ? tls_session_identity(transport_tls_session(connection->transport_state))
               : NULL;
}

void connection_certificate(const struct connection *connection, struct connection_certificate *certificate) {
    *certificate = (struct connection_certificate){"", false};
    if (connection->transport == &transport_tls) {
        *certificate = (struct connection_certificate){
            tls_session_serial(transport_tls_session(connection->transport_state)),
            tls_session_was_resumed(transport_tls_session(connection->transport_state)),
        };
    }
}

// Who it is -----------------------------------------------------------------------------------------------

void connection_claim(struct connection *connection, uint32_t claim) {
    bool proven = connection->transport == &transport_tls;
    if (connection->phase != CONNECTION_CLOSED) {
        connection->place =
            peers_move(connection->loop->net->peers, connection->place, &connection->peer, claim, proven);
        if (proven) {
            guard_limit_peer(connection);
        }
    }
}

uint64_t connection_source(const struct connection *connection) {
    return peers_source(&connection->peer);
}

const struct peer_place *connection_place(const struct connection *connection) {
    return connection->place;
}

// Closing -------------------------------------------------------------------------------------------------

static void free_connection(struct connection *connection) {
    if (connection->transport_state != NULL) {
        connection->transport->gone(connection);
    }
    output_free(&connection->queued);
    output_free(&connection->out);
    memory_count(connection);
    free(connection);
}

static void on_closed(uv_handle_t *handle) {
    struct connection *connection = handle->data;
    struct loop *loop = connection->loop;
    loop->connection_count--;
    connection_release(connection);
    loop_connection_gone(loop);
}

void connection_abort(struct connection *connection) {
    if (connection->phase == CONNECTION_CLOSED) {
        return;
    }
    struct loop *loop = connection->loop;
    connection->phase = CONNECTION_CLOSED;
    arrival_end(connection);
    connection->paused = true;
    watch_remove(&connection->link);
    peers_leave(loop->net->peers, connection->place);
    atomic_fetch_sub(&loop->net->connections, 1);
    loop->net->handler->closed(connection);
    if (!connection->delivering) { // else its bytes are being looked at
        input_give_back(loop, &connection->in);
    }
    sending_give_up(connection);
    memory_count(connection);
    if (connection->resets) {
        (void)!uv_tcp_close_reset(&connection->socket, on_closed);
    }
    if (!uv_is_closing((uv_handle_t *)&connection->socket)) {
        uv_close((uv_handle_t *)&connection->socket, on_closed);
    }
}

void connection_reset(struct connection *connection) {
    connection->resets = true;
    connection_abort(connection);
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

// Whether the other side has ended too, and nothing is left to be seen of it.
static bool is_over(struct connection *connection) {
    return connection->peer_ended && !arrival_is_awaited(connection);
}

void connection_linger(struct connection *connection) {
    if (is_over(connection)) {
        connection_abort(connection);
        return;
    }
    int descriptor;
    connection->phase = CONNECTION_LINGERING;
    if (connection->said_end && (uv_fileno((uv_handle_t *)&connection->socket, &descriptor) != 0 ||
                                 shutdown(descriptor, SHUT_WR) != 0)) {
        connection_abort(connection);
        return;
    }
    connection_settle(connection);
}

void connection_finish(struct connection *connection) {
    if (connection->phase != CONNECTION_OPEN) {
        return;
    }
    connection->phase = CONNECTION_FINISHING;
    sending_soon(connection);
}

// Deadlines -----------------------------------------------------------------------------------------------

static enum watch_kind what_it_waits_for(struct connection *connection) {
    if (connection->phase == CONNECTION_LINGERING) {
        return connection->awaits_arrival ? WATCH_SENDING : WATCH_LINGER;
    }
    if (connection->writing) {
        return WATCH_SENDING;
    }
    if (connection->waits_turn) {
        return WATCH_TURN;
    }
    if (!connection->reading) {
        return WATCH_BUSY;
    }
    if (connection->transport_is == TRANSPORT_OPENING) {
        return WATCH_HANDSHAKE;
    }
    if (connection->in.start < connection->in.end) {
        return connection->proven ? WATCH_MESSAGE : WATCH_OPENING;
    }
    if (connection->loop->net->handler->owes_answer(connection)) {
        return WATCH_BUSY;
    }
    return connection->proven ? WATCH_IDLE : WATCH_SILENT;
}

void connection_watch_anew(struct connection *connection, enum watch_kind kind) {
    struct loop *loop = connection->loop;
    watch_remove(&connection->link);
    watch_add(&loop->watch, &connection->link, kind);
    connection->waits_for = (uint8_t)kind;
    if (kind != WATCH_BUSY) {
        loop_start_reaper(loop);
    }
}

// Reading -------------------------------------------------------------------------------------------------

// Something whole came: what is waited for next has its whole time. Only who does not read its answers gains
// nothing by saying more.
static void watch_again(struct connection *connection) {
    if (connection->waits_for != WATCH_SENDING) {
        connection_watch_anew(connection, WATCH_BUSY);
    }
}

static void on_room(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer) {
    (void)suggested;
    struct connection *connection = handle->data;
    size_t length = 0;
    uint8_t *room = connection->transport->room(connection, &length);
    *buffer = uv_buf_init((char *)room, room == NULL ? 0 : (unsigned)length);
}

// What waits to leave bounds what is taken in, also of what has come already.
static bool may_deliver(struct connection *connection) {
    bool wanted = connection->phase == CONNECTION_OPEN && !connection->paused &&
                  connection->in.start < connection->in.end;
    connection->held_back = wanted && sending_is_full(connection);
    return wanted && !connection->held_back;
}

// Hands the service what came. What is then left is the beginning of another message, and its time begins.
static void deliver(struct connection *connection) {
    const struct handler *handler = connection->loop->net->handler;
    struct input *in = &connection->in;
    connection->delivering = true;
    while (may_deliver(connection)) {
        size_t length = in->end - in->start;
        size_t consumed = handler->received(connection, in->bytes + in->start, length);
        assert(consumed <= length);
        in->start += consumed;
        if (consumed > 0 && connection->phase != CONNECTION_CLOSED) {
            connection->proven = true;
            watch_again(connection);
        }
        if (consumed == 0) {
            assert(length <= handler->input_bytes_max || connection->paused ||
                   connection->phase != CONNECTION_OPEN);
            break;
        }
    }
    connection->delivering = false;
    if (connection->phase != CONNECTION_OPEN) {
        in->start = in->end;
    }
    input_trim(connection->loop, in);
    memory_count(connection);
}

void connection_go_on(struct connection *connection) {
    if (connection->held_back && !connection->delivering && !connection->loop->quiet &&
        !sending_is_full(connection)) {
        deliver(connection);
        connection_settle(connection);
    }
}

// Not refused, and not the other side's doing, if the server ended it first, as it does when it stops.
static void note_cut_off(struct connection *connection) {
    if (connection->transport_is == TRANSPORT_OPENING && connection->phase == CONNECTION_OPEN) {
        guard_note_refused(connection, TLS_CUT_OFF, "the connection ended in the middle of the handshake");
    }
}

// The other side sends no more.
static void on_peer_ended(struct connection *connection) {
    const struct input *in = &connection->in;
    connection->peer_ended = true;
    if (connection->transport_is == TRANSPORT_OPENING) {
        note_cut_off(connection);
        connection_abort(connection);
    } else if (connection->phase == CONNECTION_OPEN) {
        connection->loop->net->handler->ended(connection, in->bytes + in->start, in->end - in->start);
    } else if (connection->phase == CONNECTION_LINGERING && is_over(connection)) {
        connection_abort(connection);
    }
}

// What has come through the transport goes to the service; a transport that failed may have said why.
static void take(struct connection *connection, size_t length) {
    if (connection->phase == CONNECTION_LINGERING) {
        return; // nobody wants it
    }
    connection->transport_is = (uint8_t)connection->transport->take(connection, length);
    deliver(connection);
    if (connection->transport_is == TRANSPORT_FAILED) {
        output_free(&connection->queued); // which cannot pass any more
        connection_finish(connection);
    } else if (connection->transport_is == TRANSPORT_ENDED && !connection->peer_ended) {
        on_peer_ended(connection);
    }
    connection_settle(connection);
}

void connection_came(struct connection *connection, ssize_t length) {
    struct loop *loop = connection->loop;
    connection_hold(connection);
    (void)arrival_is_awaited(connection); // what comes may answer what was sent
    if (length > 0) {
        take(connection, (size_t)length);
    } else if (length == UV_EOF) {
        connection->reading = false;
        if (!connection->peer_ended) {
            on_peer_ended(connection);
        }
        connection_settle(connection);
    } else if (length == UV_ENOBUFS && connection->waits_turn) {
        connection_settle(connection);
    } else if (length < 0) {
        note_cut_off(connection);
        connection_abort(connection);
    }
    connection_release(connection);
    connection_flush_all(loop);
}

static void on_read(uv_stream_t *stream, ssize_t length, const uv_buf_t *buffer) {
    (void)buffer;
    connection_came(stream->data, length);
}

static void update_reading(struct connection *connection) {
    bool takes = connection->phase == CONNECTION_OPEN && !connection->paused && !connection->waits_turn &&
                 !connection->loop->quiet && !sending_is_full(connection);
    bool wanted = !connection->peer_ended && (takes || connection->phase == CONNECTION_LINGERING);
    if (wanted == connection->reading || connection->phase == CONNECTION_CLOSED) {
        return;
    }
    connection->reading = wanted;
    if (!wanted) {
        uv_read_stop((uv_stream_t *)&connection->socket);
    } else if (uv_read_start((uv_stream_t *)&connection->socket, on_room, on_read) != 0) {
        connection_abort(connection);
    }
}

// The deadline of the same thing as before goes on, whatever bytes came meanwhile.
void connection_settle(struct connection *connection) {
    update_reading(connection);
    if (connection->phase == CONNECTION_CLOSED) {
        return;
    }
    enum watch_kind kind = what_it_waits_for(connection);
    if (kind != connection->waits_for) {
        connection_watch_anew(connection, kind);
    }
}

void connection_pause(struct connection *connection) {
    connection->paused = true;
    connection_settle(connection);
}

void connection_resume(struct connection *connection) {
    if (connection->phase != CONNECTION_OPEN || !connection->paused) {
        return;
    }
    connection->paused = false;
    if (!connection->delivering && !connection->loop->quiet) {
        connection_hold(connection);
        deliver(connection);
        connection_settle(connection);
        connection_release(connection);
    }
}

// All of a loop -------------------------------------------------------------------------------------------

static void keep_alive(int descriptor) {
    int on = 1, idle = KEEPALIVE_SECONDS, again = KEEPALIVE_AGAIN_SECONDS, tries = KEEPALIVE_TRIES;
    // Failing is harmless: a dead connection is then found later.
    (void)!(setsockopt(descriptor, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on) == 0 &&
            setsockopt(descriptor, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof idle) == 0 &&
            setsockopt(descriptor, IPPROTO_TCP, TCP_KEEPINTVL, &again, sizeof again) == 0 &&
            setsockopt(descriptor, IPPROTO_TCP, TCP_KEEPCNT, &tries, sizeof tries) == 0);
}

// False when there is no memory.
static bool begin_transport(struct connection *connection) {
    struct tls_context *context = net_hold_tls(connection->loop->net);
    if (context == NULL) {
        return true;
    }
    connection->transport = &transport_tls;
    connection->transport_is = TRANSPORT_OPENING;
    connection->transport_state = transport_tls_begin(connection, context);
    tls_context_release(context); // the session holds it
    return connection->transport_state != NULL;
}

void connection_accept(struct loop *loop, int port_index, int descriptor, const struct sockaddr *peer) {
    const struct handler *handler = loop->net->handler;
    struct in6_addr address = peer_address_mapped(peer);
    struct connection *connection = calloc(1, sizeof *connection + handler->connection_bytes);
    struct peer_place *place = connection == NULL ? NULL : peers_enter(loop->net->peers, &address);
    if (place == NULL) {
        free(connection);
        close(descriptor);
        return;
    }
    connection->loop = loop;
    connection->port_index = (uint8_t)port_index;
    connection->peer = address;
    connection->place = place;
    connection->holds = 1; // the socket's own; released when it is closed
    connection->waits_for = WATCH_BUSY;
    connection->transport = &transport_plain;
    connection->transport_is = TRANSPORT_OPEN;
    bool begun = begin_transport(connection);
    watch_add(&loop->watch, &connection->link, WATCH_BUSY);
    loop->connection_count++;
    atomic_fetch_add(&loop->net->connections, 1);
    uv_tcp_init(&loop->uv, &connection->socket);
    connection->socket.data = connection;
    int failure = uv_tcp_open(&connection->socket, descriptor);
    handler->opened(connection);
    if (failure != 0) {
        close(descriptor);
        connection_abort(connection);
    } else if (!begun) {
        connection_abort(connection);
    } else {
        uv_tcp_nodelay(&connection->socket, 1);
        keep_alive(descriptor);
        connection_settle(connection);
    }
    connection_flush_all(loop);
}

// Calls `act`, which may end the connection it is given but no other, for every connection.
static void for_all(struct loop *loop, void (*act)(struct connection *connection)) {
    for (int kind = 0; kind < WATCH_KINDS; kind++) {
        struct watch_link *head = &loop->watch.lists[kind];
        for (struct watch_link *link = head->next, *next; link != head; link = next) {
            next = link->next;
            act(connection_of(link));
        }
    }
}

void connection_quiet_all(struct loop *loop) {
    for_all(loop, connection_settle);
}

void connection_finish_all(struct loop *loop) {
    for_all(loop, connection_finish);
    connection_flush_all(loop);
}

void connection_abort_all(struct loop *loop) {
    for_all(loop, connection_abort);
}
