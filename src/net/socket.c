#include "net/socket.h"

#include "net/arrival.h"
#include "net/counters.h"
#include "net/ending.h"
#include "net/identity.h"
#include "net/reading.h"
#include "net/sending.h"
#include "net/stage.h"
#include "stream/tcp.h"

#include "base/container.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

// The kernel finds a vanished peer within two minutes, even on a connection that may be silent. Each silent
// connection costs a packet a minute.
static const struct tcp_options tcp_options = {
    .nodelay = true, .keepalive_seconds = 60, .probe_seconds = 15, .probes = 4};

// What libuv says -----------------------------------------------------------------------------------------

static void on_room(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer) {
    (void)suggested;
    size_t length;
    uint8_t *room = reading_room(handle->data, &length);
    *buffer = uv_buf_init((char *)room, (unsigned)length);
}

// That many bytes came into the room, or `length` is libuv's code for the failure.
static void came(struct connection *connection, ssize_t length) {
    struct connections *all = connection->all;
    connection_hold(connection);
    (void)arrival_update(connection); // incoming bytes may acknowledge what was sent
    if (length > 0) {
        reading_came(connection, (size_t)length);
    } else if (length == UV_EOF) {
        connection->is_reading = false;
        if (!connection->peer_ended) {
            ending_peer_ended(connection);
        }
    } else if (length == UV_ENOBUFS) { // there is no room to read into, by reading_room
        if (connection->stage != STAGE_TURN) {
            ending_for_memory(connection);
        }
    } else if (length < 0) {
        ending_lost(connection);
    }
    connection_release(connection);
    all->events->called_back(all->loop);
}

static void on_read(uv_stream_t *stream, ssize_t length, const uv_buf_t *buffer) {
    (void)buffer;
    came(stream->data, length);
}

static void on_left(struct writer *writer, int status) {
    struct connection *connection = CONTAINER_OF(writer, struct connection, writer);
    struct connections *all = connection->all;
    sending_left(connection, status);
    all->events->called_back(all->loop);
}

void socket_read_now(struct connection *connection) {
    int descriptor = -1;
    if (!stage_is_running(connection) || uv_fileno((uv_handle_t *)&connection->socket, &descriptor) != 0) {
        return;
    }
    size_t room = 0;
    uint8_t *bytes = reading_room(connection, &room);
    ssize_t length = bytes == NULL ? UV_ENOBUFS : recv(descriptor, bytes, room, MSG_DONTWAIT);
    if (length == 0) {
        length = UV_EOF;
    } else if (length == -1 && bytes != NULL) {
        length = errno == EAGAIN ? 0 : uv_translate_sys_error(errno);
    }
    came(connection, length);
}

// What follows from that ----------------------------------------------------------------------------------

void socket_settle_reading(struct connection *connection) {
    uv_stream_t *stream = (uv_stream_t *)&connection->socket;
    bool wanted = reading_is_wanted(connection);
    if (wanted == connection->is_reading) {
        return;
    }
    connection->is_reading = wanted;
    if (!wanted) {
        uv_read_stop(stream);
    } else if (uv_read_start(stream, on_room, on_read) != 0) {
        connection_abort(connection);
    }
}

// From its beginning --------------------------------------------------------------------------------------

// NULL when there is no memory.
static struct connection *make(struct connections *all, int port_index, const struct sockaddr *peer) {
    struct in6_addr address = identity_mapped(peer);
    struct connection *connection = calloc(1, sizeof *connection + all->handler->connection_bytes);
    struct peer_place *place = connection == NULL ? NULL : peers_enter(all->peers, &address);
    if (place == NULL) {
        free(connection);
        return NULL;
    }
    connection->all = all;
    connection->port_index = (uint8_t)port_index;
    connection->peer = address;
    connection->place = place;
    connection->holds = 1; // the socket's own; released when the socket is closed
    connection->waits_for = WATCH_BUSY;
    watch_add(&all->watch, &connection->link, WATCH_BUSY);
    all->count++;
    capacity_enter(all->capacity);
    uv_tcp_init(all->uv, &connection->socket);
    connection->socket.data = connection;
    writer_begin(&connection->writer, (uv_stream_t *)&connection->socket, on_left);
    return connection;
}

// False when there is no memory.
static bool begin_transport(struct connection *connection) {
    struct connections *all = connection->all;
    struct tls_context *context = trust_hold(all->trust);
    transport_begin_plain(&connection->transport, &connection->writer.out);
    if (context == NULL) {
        stage_change(connection, STAGE_OPEN);
        return true;
    }
    bool begun = transport_begin_tls(&connection->transport, context, NULL, &connection->writer.out);
    tls_context_release(context); // the session holds it
    if (begun) {
        struct handshake *given_up =
            handshakes_enter(&all->handshakes, &connection->handshake, connection->peer.s6_addr);
        if (given_up != NULL) {
            ending_evict_handshake(CONTAINER_OF(given_up, struct connection, handshake), CLOSE_HANDSHAKES,
                                   "too_many_handshakes");
        }
    }
    return begun;
}

void connection_accept(struct connections *all, int port_index, int descriptor, const struct sockaddr *peer) {
    struct connection *connection = make(all, port_index, peer);
    if (connection == NULL) {
        close(descriptor);
        return;
    }
    bool begun = begin_transport(connection);
    bool has_socket = uv_tcp_open(&connection->socket, descriptor) == 0;
    counter_add(&net_counters.connections_accepted, 1);
    all->handler->opened(connection);
    if (!has_socket) {
        close(descriptor);
    }
    if (!has_socket) {
        connection_abort(connection);
    } else if (!begun) {
        ending_for_memory(connection);
    } else if (connection_is_open(connection)) { // otherwise the descriptor is closed already
        tcp_set_options(descriptor, &tcp_options);
        stage_touch(connection);
    }
}
