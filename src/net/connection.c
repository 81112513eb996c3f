// Connections: reading with back-pressure, writing in small slices, and an end that loses nothing on its way.
//
//   OPEN ──connection_finish──→ FINISHING ──all sent──→ LINGERING ──the other side ends, or time──→ CLOSED
//     └────────────── connection_abort, an error ───────────────────────────────────────────────────↗
//
// Lingering: our end is sent, and what still comes in is thrown away for a while. Closing at once would
// answer it with a reset, and a reset can destroy the last message before the other side has read it.
#include "net/internal.h"

#include "base/log.h"

#include <arpa/inet.h>
#include <assert.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

enum {
    LINGER_MS_MAX = 2000,
    UNSENT_BYTES_MAX = 64 * 1024, // with more than that waiting to leave, nothing is read
    SPARE_BUFFERS_MAX = 64,
    SMALL_REST_BYTES = 8 * 1024, // a rest up to this moves to a buffer of its own size
    KEEPALIVE_SECONDS = 60,
};

enum connection_phase { CONNECTION_OPEN, CONNECTION_FINISHING, CONNECTION_LINGERING, CONNECTION_CLOSED };

struct input {
    uint8_t *bytes;
    size_t start, end, capacity; // JSON_PADDING_BYTES more than capacity are allocated
};

struct output {
    uint8_t *bytes;
    size_t sent, length, capacity;
};

struct connection {
    uv_tcp_t socket;
    struct loop *loop;
    struct connection *previous, *next; // in loop->connections
    struct connection *next_dirty;
    struct input in;
    struct output out;
    uint64_t lingers_until_ms;
    unsigned holds;
    uint8_t phase;
    uint8_t port_index;
    bool reading, paused, peer_ended, writing, dirty, delivering;
    max_align_t state[]; // the service's
};

struct pending_write {
    uv_write_t request;
    struct connection *connection;
    uint8_t bytes[WRITE_BYTES_MAX];
};

static void update_reading(struct connection *connection);
static void flush(struct connection *connection);

void *connection_state(struct connection *connection) {
    return connection->state;
}

struct loop *connection_loop(struct connection *connection) {
    return connection->loop;
}

int connection_port_index(const struct connection *connection) {
    return connection->port_index;
}

bool connection_is_open(const struct connection *connection) {
    return connection->phase != CONNECTION_CLOSED;
}

// Read buffers --------------------------------------------------------------------------------------------

static uint8_t *take_buffer(struct loop *loop) {
    void **spare = loop->spare_buffers;
    if (spare == NULL) {
        return malloc(READ_BUFFER_BYTES + JSON_PADDING_BYTES);
    }
    loop->spare_buffers = *spare;
    loop->spare_buffer_count--;
    return (uint8_t *)spare;
}

static void give_buffer(struct loop *loop, struct input *in) {
    if (in->capacity == READ_BUFFER_BYTES && loop->spare_buffer_count < SPARE_BUFFERS_MAX) {
        *(void **)(void *)in->bytes = loop->spare_buffers;
        loop->spare_buffers = in->bytes;
        loop->spare_buffer_count++;
    } else {
        free(in->bytes);
    }
    *in = (struct input){0};
}

// Puts the rest of the input into a buffer of `capacity`, at its beginning.
static bool move_input(struct connection *connection, uint8_t *bytes, size_t capacity) {
    struct input *in = &connection->in;
    if (bytes == NULL) {
        return false;
    }
    size_t rest = in->end - in->start;
    memcpy(bytes, in->bytes + in->start, rest);
    give_buffer(connection->loop, in);
    *in = (struct input){.bytes = bytes, .end = rest, .capacity = capacity};
    return true;
}

// Sees to it that there is room for more input. Returns false when there is no memory.
static bool make_room(struct connection *connection) {
    struct input *in = &connection->in;
    if (in->bytes == NULL) {
        in->bytes = take_buffer(connection->loop);
        in->capacity = in->bytes == NULL ? 0 : READ_BUFFER_BYTES;
        return in->bytes != NULL;
    }
    if (in->capacity < READ_BUFFER_BYTES) {
        return move_input(connection, take_buffer(connection->loop), READ_BUFFER_BYTES);
    }
    if (in->capacity - in->end >= in->capacity / 4) {
        return true;
    }
    size_t rest = in->end - in->start;
    if (rest <= in->capacity / 2) {
        memmove(in->bytes, in->bytes + in->start, rest);
        in->start = 0;
        in->end = rest;
        return true;
    }
    size_t capacity = in->capacity * 2;
    return move_input(connection, malloc(capacity + JSON_PADDING_BYTES), capacity);
}

// A connection keeps no more than it must while it waits for bytes.
static void trim_input(struct connection *connection) {
    struct input *in = &connection->in;
    size_t rest = in->end - in->start;
    if (in->bytes == NULL) {
        return;
    }
    if (rest == 0) {
        give_buffer(connection->loop, in);
    } else if (rest <= SMALL_REST_BYTES && in->capacity >= READ_BUFFER_BYTES) {
        // Failing is harmless: the rest stays where it is.
        (void)!move_input(connection, malloc(rest + JSON_PADDING_BYTES), rest);
    }
}

// Closing -------------------------------------------------------------------------------------------------

static void free_connection(struct connection *connection) {
    free(connection->out.bytes);
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
    connection->paused = true;
    if (connection->previous != NULL) {
        connection->previous->next = connection->next;
    } else {
        loop->connections = connection->next;
    }
    if (connection->next != NULL) {
        connection->next->previous = connection->previous;
    }
    loop->net->handler->closed(connection);
    if (!connection->delivering) { // else its bytes are being looked at
        give_buffer(loop, &connection->in);
    }
    uv_close((uv_handle_t *)&connection->socket, on_closed);
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

static void linger(struct connection *connection) {
    if (connection->peer_ended) {
        connection_abort(connection);
        return;
    }
    int descriptor;
    connection->phase = CONNECTION_LINGERING;
    connection->lingers_until_ms = uv_now(&connection->loop->uv) + LINGER_MS_MAX;
    if (uv_fileno((uv_handle_t *)&connection->socket, &descriptor) != 0 ||
        shutdown(descriptor, SHUT_WR) != 0) {
        connection_abort(connection);
        return;
    }
    update_reading(connection);
    loop_start_reaper(connection->loop);
}

// Has the connection flushed when the callback that runs now has returned.
static void flush_soon(struct connection *connection) {
    if (!connection->dirty) {
        connection->dirty = true;
        connection->next_dirty = connection->loop->dirty;
        connection->loop->dirty = connection;
        connection_hold(connection);
    }
}

void connection_finish(struct connection *connection) {
    if (connection->phase != CONNECTION_OPEN) {
        return;
    }
    connection->phase = CONNECTION_FINISHING;
    flush_soon(connection);
}

bool connection_reap(struct loop *loop, uint64_t now_ms) {
    bool some_linger = false;
    for (struct connection *connection = loop->connections, *next; connection != NULL; connection = next) {
        next = connection->next;
        if (connection->phase == CONNECTION_LINGERING) {
            if (now_ms >= connection->lingers_until_ms) {
                connection_abort(connection);
            } else {
                some_linger = true;
            }
        }
    }
    return some_linger;
}

// Reading -------------------------------------------------------------------------------------------------

static void on_room(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer) {
    (void)suggested;
    struct connection *connection = handle->data;
    if (!make_room(connection)) {
        *buffer = uv_buf_init(NULL, 0);
        return;
    }
    struct input *in = &connection->in;
    *buffer = uv_buf_init((char *)in->bytes + in->end, (unsigned)(in->capacity - in->end));
}

static void deliver(struct connection *connection) {
    const struct handler *handler = connection->loop->net->handler;
    struct input *in = &connection->in;
    connection->delivering = true;
    while (connection->phase == CONNECTION_OPEN && !connection->paused && in->start < in->end) {
        size_t length = in->end - in->start;
        size_t consumed = handler->received(connection, in->bytes + in->start, length);
        assert(consumed <= length);
        in->start += consumed;
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
    trim_input(connection);
}

static void on_read(uv_stream_t *stream, ssize_t length, const uv_buf_t *buffer) {
    (void)buffer;
    struct connection *connection = stream->data;
    struct loop *loop = connection->loop;
    connection_hold(connection);
    if (length > 0) {
        connection->in.end += (size_t)length;
        deliver(connection);
        update_reading(connection);
    } else if (length == UV_EOF) {
        connection->peer_ended = true;
        connection->reading = false;
        if (connection->phase == CONNECTION_OPEN) {
            const struct input *in = &connection->in;
            loop->net->handler->ended(connection, in->bytes + in->start, in->end - in->start);
        } else if (connection->phase == CONNECTION_LINGERING) {
            connection_abort(connection);
        }
    } else if (length < 0) {
        connection_abort(connection);
    }
    connection_release(connection);
    connection_flush_all(loop);
}

static void update_reading(struct connection *connection) {
    bool wanted = !connection->peer_ended &&
                  ((connection->phase == CONNECTION_OPEN && !connection->paused && !connection->loop->quiet &&
                    connection->out.length - connection->out.sent <= UNSENT_BYTES_MAX) ||
                   connection->phase == CONNECTION_LINGERING);
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

void connection_pause(struct connection *connection) {
    connection->paused = true;
    update_reading(connection);
}

void connection_resume(struct connection *connection) {
    if (connection->phase != CONNECTION_OPEN || !connection->paused) {
        return;
    }
    connection->paused = false;
    if (!connection->delivering && !connection->loop->quiet) {
        connection_hold(connection);
        deliver(connection);
        update_reading(connection);
        connection_release(connection);
    }
}

// Writing -------------------------------------------------------------------------------------------------

void connection_send(struct connection *connection, const uint8_t *bytes, size_t length) {
    struct output *out = &connection->out;
    if (connection->phase != CONNECTION_OPEN || length == 0) {
        return;
    }
    if (out->capacity - out->length < length) {
        size_t capacity = out->length + length < 256 ? 256 : (out->length + length) * 2;
        uint8_t *larger = realloc(out->bytes, capacity);
        if (larger == NULL) {
            connection_abort(connection);
            return;
        }
        out->bytes = larger;
        out->capacity = capacity;
    }
    memcpy(out->bytes + out->length, bytes, length);
    out->length += length;
    flush_soon(connection);
}

static void on_written(uv_write_t *request, int status) {
    struct pending_write *pending = (struct pending_write *)(void *)request;
    struct connection *connection = pending->connection;
    free(pending);
    connection->writing = false;
    if (status != 0) {
        connection_abort(connection);
    } else {
        flush(connection);
    }
    connection_release(connection);
}

// Hands one slice to libuv, which sends it when the socket takes bytes again.
static bool write_later(struct connection *connection, size_t slice) {
    struct pending_write *pending = malloc(sizeof *pending);
    if (pending == NULL) {
        return false;
    }
    pending->connection = connection;
    memcpy(pending->bytes, connection->out.bytes + connection->out.sent, slice);
    uv_buf_t buffer = uv_buf_init((char *)pending->bytes, (unsigned)slice);
    if (uv_write(&pending->request, (uv_stream_t *)&connection->socket, &buffer, 1, on_written) != 0) {
        free(pending);
        return false;
    }
    connection_hold(connection);
    connection->writing = true;
    connection->out.sent += slice;
    return true;
}

// Sends what is queued, WRITE_BYTES_MAX at a time, until the socket takes no more.
static void flush(struct connection *connection) {
    struct output *out = &connection->out;
    if (connection->phase == CONNECTION_CLOSED) {
        return;
    }
    while (!connection->writing && out->sent < out->length) {
        size_t slice = out->length - out->sent < WRITE_BYTES_MAX ? out->length - out->sent : WRITE_BYTES_MAX;
        uv_buf_t buffer = uv_buf_init((char *)out->bytes + out->sent, (unsigned)slice);
        int written = uv_try_write((uv_stream_t *)&connection->socket, &buffer, 1);
        if (written > 0) {
            out->sent += (size_t)written;
        } else if (written != UV_EAGAIN || !write_later(connection, slice)) {
            connection_abort(connection);
            return;
        }
    }
    if (out->sent == out->length) {
        free(out->bytes);
        *out = (struct output){0};
    }
    if (!connection->writing && connection->phase == CONNECTION_FINISHING) {
        linger(connection);
    } else {
        update_reading(connection);
    }
}

void connection_flush_all(struct loop *loop) {
    while (loop->dirty != NULL) {
        struct connection *connection = loop->dirty;
        loop->dirty = connection->next_dirty;
        connection->dirty = false;
        flush(connection);
        connection_release(connection);
    }
}

// All of a loop -------------------------------------------------------------------------------------------

void connection_accept(struct loop *loop, struct listener *listener) {
    const struct handler *handler = loop->net->handler;
    struct connection *connection = calloc(1, sizeof *connection + handler->connection_bytes);
    if (connection == NULL) {
        return; // the kernel keeps it waiting; the next one that comes tries again
    }
    connection->loop = loop;
    connection->port_index = (uint8_t)listener->port_index;
    connection->holds = 1; // the socket's own; released when it is closed
    uv_tcp_init(&loop->uv, &connection->socket);
    connection->socket.data = connection;
    connection->next = loop->connections;
    if (loop->connections != NULL) {
        loop->connections->previous = connection;
    }
    loop->connections = connection;
    loop->connection_count++;
    int failure = uv_accept((uv_stream_t *)&listener->socket, (uv_stream_t *)&connection->socket);
    if (failure != 0) {
        log_event(LOG_LEVEL_WARNING, "accept_connections", LOG_FAIL, "error: %s", uv_strerror(failure));
    }
    uv_tcp_nodelay(&connection->socket, 1);
    uv_tcp_keepalive(&connection->socket, 1, KEEPALIVE_SECONDS);
    handler->opened(connection);
    if (failure != 0) {
        connection_abort(connection);
    } else {
        update_reading(connection);
    }
    connection_flush_all(loop);
}

void connection_quiet_all(struct loop *loop) {
    for (struct connection *connection = loop->connections; connection != NULL;
         connection = connection->next) {
        update_reading(connection);
    }
}

void connection_finish_all(struct loop *loop) {
    for (struct connection *connection = loop->connections; connection != NULL;
         connection = connection->next) {
        connection_finish(connection);
    }
    connection_flush_all(loop);
}

void connection_abort_all(struct loop *loop) {
    while (loop->connections != NULL) {
        connection_abort(loop->connections);
    }
}

void connection_peer(struct connection *connection, char text[CONNECTION_ADDRESS_BYTES]) {
    struct sockaddr_storage address;
    int length = sizeof address;
    const char *written = NULL;
    if (uv_tcp_getpeername(&connection->socket, (struct sockaddr *)&address, &length) == 0) {
        if (address.ss_family == AF_INET) {
            const struct sockaddr_in *v4 = (const struct sockaddr_in *)&address;
            written = inet_ntop(AF_INET, &v4->sin_addr, text, CONNECTION_ADDRESS_BYTES);
        } else {
            const struct in6_addr *v6 = &((const struct sockaddr_in6 *)&address)->sin6_addr;
            written = IN6_IS_ADDR_V4MAPPED(v6)
                          ? inet_ntop(AF_INET, &v6->s6_addr[12], text, CONNECTION_ADDRESS_BYTES)
                          : inet_ntop(AF_INET6, v6, text, CONNECTION_ADDRESS_BYTES);
        }
    }
    if (written == NULL) {
        strcpy(text, "?");
    }
}
