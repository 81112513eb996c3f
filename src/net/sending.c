// How a connection's bytes leave: the service's go through the transport as the socket takes them, no more
// than WRITE_BYTES_MAX at once.
#include "net/connection_parts.h"

#include "base/limits.h"

#include <stdlib.h>

enum {
    UNSENT_BYTES_MAX = 16 * 1024, // with more than that waiting to leave, nothing more is taken in
};

// Only the request: the bytes stay in the output until they have left.
struct pending_write {
    uv_write_t request;
    struct connection *connection;
    size_t length;
};

static void flush(struct connection *connection);

void sending_soon(struct connection *connection) {
    if (!connection->dirty) {
        connection->dirty = true;
        connection->next_dirty = connection->loop->dirty;
        connection->loop->dirty = connection;
        connection_hold(connection);
    }
}

bool sending_is_full(const struct connection *connection) {
    return connection->out.unsent + connection->queued.unsent > UNSENT_BYTES_MAX;
}

void sending_give_up(struct connection *connection) {
    output_free(&connection->queued);
    if (connection->writing) {
        output_free_rest(&connection->out);
    } else {
        output_free(&connection->out);
    }
}

static void sent(struct connection *connection, bool added) {
    if (added) {
        memory_count(connection);
        sending_soon(connection);
    } else {
        connection_abort(connection);
    }
}

void connection_send(struct connection *connection, const uint8_t *bytes, size_t length) {
    if (connection->phase == CONNECTION_OPEN) {
        sent(connection, output_copy(&connection->queued, bytes, length));
    }
}

void connection_send_lasting(struct connection *connection, const uint8_t *bytes, size_t length) {
    if (connection->phase == CONNECTION_OPEN) {
        sent(connection, output_refer(&connection->queued, bytes, length));
    }
}

struct output *connection_queued(struct connection *connection) {
    return &connection->queued;
}

struct output *connection_output(struct connection *connection) {
    return &connection->out;
}

bool connection_output_add(struct connection *connection, const uint8_t *bytes, size_t length) {
    bool added = output_copy(&connection->out, bytes, length);
    sending_soon(connection);
    return added;
}

static void on_written(uv_write_t *request, int status) {
    struct pending_write *pending = (struct pending_write *)(void *)request;
    struct connection *connection = pending->connection;
    struct loop *loop = connection->loop;
    connection->writing = false;
    output_sent(&connection->out, pending->length);
    free(pending);
    if (status != 0) {
        connection_abort(connection);
    }
    if (connection->phase == CONNECTION_CLOSED) {
        sending_give_up(connection);
        memory_count(connection);
    } else {
        flush(connection);
    }
    connection_release(connection);
    connection_flush_all(loop);
}

// Hands one slice to libuv, which sends it when the socket takes bytes again.
static bool write_later(struct connection *connection) {
    struct pending_write *pending = malloc(sizeof *pending);
    if (pending == NULL) {
        return false;
    }
    const uint8_t *bytes = output_first(&connection->out, WRITE_BYTES_MAX, &pending->length);
    pending->connection = connection;
    uv_buf_t buffer = uv_buf_init((char *)(uintptr_t)bytes, (unsigned)pending->length);
    if (uv_write(&pending->request, (uv_stream_t *)&connection->socket, &buffer, 1, on_written) != 0) {
        free(pending);
        return false;
    }
    connection_hold(connection);
    connection->writing = true;
    connection_watch_anew(connection, WATCH_SENDING); // each slice has its time
    return true;
}

// Our end is not sent before what was sent has arrived, where it takes bytes of the transport: who has read
// what it came for and closes before it has read those as well resets the connection, and nobody would know.
static bool may_end(const struct connection *connection) {
    return connection->phase == CONNECTION_FINISHING && !connection->said_end &&
           (connection->transport == &transport_plain || !connection->awaits_arrival);
}

// Has the transport go on where the output is empty. Returns whether there is something for the socket.
static bool fill(struct connection *connection) {
    if (connection->out.unsent == 0 && connection->queued.unsent > 0 &&
        !connection->transport->fill(connection)) {
        connection_abort(connection);
        return false;
    }
    if (connection->out.unsent == 0 && may_end(connection)) {
        connection->said_end = true;
        if (connection->transport_is == TRANSPORT_OPEN) {
            connection->transport->end(connection);
        }
    }
    return connection->out.unsent > 0;
}

// Sends one slice. False when the connection has failed.
static bool write_slice(struct connection *connection) {
    uint8_t room[WRITE_BYTES_MAX];
    size_t length;
    const uint8_t *bytes = output_gather(&connection->out, room, sizeof room, &length);
    uv_buf_t buffer = uv_buf_init((char *)(uintptr_t)bytes, (unsigned)length);
    int written = uv_try_write((uv_stream_t *)&connection->socket, &buffer, 1);
    if (written > 0) {
        output_sent(&connection->out, (size_t)written);
        return true;
    }
    return written == UV_EAGAIN && write_later(connection);
}

// Sends what is queued, slice by slice, until the socket takes no more.
static void flush(struct connection *connection) {
    while (connection->phase != CONNECTION_CLOSED && !connection->writing && fill(connection)) {
        if (!write_slice(connection)) {
            connection_abort(connection);
        }
    }
    if (connection->phase == CONNECTION_CLOSED) {
        return;
    }
    memory_count(connection);
    if (!connection->writing && connection->phase == CONNECTION_FINISHING) {
        connection_linger(connection);
    } else {
        connection_settle(connection);
        connection_go_on(connection);
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
    memory_bound(loop);
}
