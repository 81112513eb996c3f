#include "lib/connection.h"

#include "base/memory.h"
#include "stream/limits.h"
#include "stream/output.h"
#include "stream/tcp.h"
#include "stream/transport.h"
#include "tls/session.h"
#include "wire/limits.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    INPUT_BYTES_MIN = 64 * 1024,
    ENCRYPTED_BYTES = 16 * 1024,
    READS_MAX = 16, // in one step: then it is the owner's turn
    // A silent central is probed, and counts as gone when it has not answered for UNACKNOWLEDGED_MS_MAX. Two
    // lost probes do not end a connection that waits for the draw. The number of probes follows from
    // TCP_USER_TIMEOUT, which the kernel prefers to a probe count.
    KEEPALIVE_SECONDS = 8,
    KEEPALIVE_PROBE_SECONDS = 4,
    // If the other machine has not acknowledged bytes for this long, it is gone. The limit must not be
    // shorter: a central that does not read because its disk is slow looks the same.
    UNACKNOWLEDGED_MS_MAX = 20000,
};

static const struct tcp_options connected_options = {.nodelay = true,
                                                     .keepalive_seconds = KEEPALIVE_SECONDS,
                                                     .probe_seconds = KEEPALIVE_PROBE_SECONDS,
                                                     .unacknowledged_ms = UNACKNOWLEDGED_MS_MAX};

enum connection_state {
    CONNECTION_DIALLING,
    CONNECTION_OPENING, // connected; in TLS's handshake
    CONNECTION_UP,      // the owner has been told
    // It cannot send. What is read until the end of the socket tells the owner.
    CONNECTION_FAILING,  // the owner has not been told that it was up, so it gets no bytes either
    CONNECTION_BREAKING, // it gets the bytes that came before
    CONNECTION_DOWN,     // the owner has been told
    CONNECTION_CLOSED,   // by the owner
};

struct connection {
    enum connection_state state;
    bool is_stepping; // whoever closes it then leaves the memory to connection_step
    bool is_blocked;  // the socket takes no more at the moment
    const struct connection_events *events;
    void *context; // of the events
    struct address address;
    struct tls_context *tls;             // NULL: plain
    struct dialling dialling;            // while DIALLING
    int descriptor;                      // afterwards; -1 when dialling failed
    struct transport transport;          // once there is a descriptor
    struct output queued, out;           // the owner's bytes, before the transport and after it
    char failure[REASON_BYTES];          // why it is FAILING or BREAKING; "": it is not
    uint8_t *encrypted;                  // where TLS bytes are read into; NULL: plain
    uint8_t *input;                      // plain bytes that are not consumed
    size_t input_length, input_capacity; // JSON_PADDING_BYTES more are allocated
};

// The end -------------------------------------------------------------------------------------------------

static void go_down(struct connection *connection, const char *reason) {
    connection->state = CONNECTION_DOWN;
    connection->events->down(connection->context, reason);
}

// Says why TLS failed. An alert about our certificate comes only once the connection is up, because the
// server checks it after our side of the handshake is complete.
static void go_down_by_tls(struct connection *connection) {
    char reason[32 + TLS_REASON_BYTES];
    const struct tls_session *session = transport_session(&connection->transport);
    enum tls_failure failure = tls_session_failure(session);
    void (*told)(void *context, const char *reason) = connection->events->down;
    if (tls_session_is_unwelcome(session)) {
        told = connection->events->refused;
    } else if (tls_failure_is_distrust(failure)) {
        told = connection->events->distrusted;
    }
    snprintf(reason, sizeof reason, "TLS: %s: %s", tls_failure_name(failure), tls_session_reason(session));
    connection->state = CONNECTION_DOWN;
    told(connection->context, reason);
}

static void free_connection(struct connection *connection) {
    output_free(&connection->queued);
    output_free(&connection->out);
    memory_free(connection->encrypted);
    memory_free(connection->input);
    memory_free(connection);
}

// Bytes out -----------------------------------------------------------------------------------------------

// The caller is in the middle of its work. So the reading side soon notices, and tells the owner.
static void break_off(struct connection *connection, const char *reason) {
    connection->state = connection->state == CONNECTION_UP ? CONNECTION_BREAKING : CONNECTION_FAILING;
    snprintf(connection->failure, sizeof connection->failure, "%s", reason);
    (void)shutdown(connection->descriptor, SHUT_RDWR); // fails if the other side disconnected first
}

// Writes one slice. False when the socket takes no more; *failure is an errno, or 0.
static bool write_slice(struct connection *connection, int *failure) {
    uint8_t room[WRITE_BYTES_MAX];
    size_t length;
    const uint8_t *bytes = output_gather(&connection->out, room, sizeof room, &length);
    ssize_t written = send(connection->descriptor, bytes, length, MSG_NOSIGNAL);
    *failure = written < 0 ? errno : written == 0 ? EIO : 0; // takes nothing, and does not say why
    if (written > 0) {
        output_sent(&connection->out, (size_t)written);
        return true;
    }
    connection->is_blocked = *failure == EAGAIN || *failure == EWOULDBLOCK;
    if (connection->is_blocked || *failure == EINTR) {
        bool again = *failure == EINTR;
        *failure = 0;
        return again;
    }
    return false;
}

// Moves more queued bytes to `out`, which is empty. Returns whether there is something to write.
static bool refill(struct connection *connection) {
    if (connection->out.unsent == 0 && connection->queued.unsent > 0 &&
        transport_is_open(&connection->transport) &&
        !transport_fill(&connection->transport, &connection->queued)) {
        break_off(connection, "no memory");
        return false;
    }
    return connection->out.unsent > 0;
}

// Writes as much as the socket takes.
static void flush(struct connection *connection) {
    int failure = 0;
    char reason[REASON_BYTES];
    bool goes_on = connection->state == CONNECTION_OPENING || connection->state == CONNECTION_UP;
    connection->is_blocked = false;
    while (goes_on && refill(connection)) {
        goes_on = write_slice(connection, &failure);
    }
    if (failure != 0) {
        reason_of_errno(failure, reason);
        break_off(connection, reason);
    }
}

void connection_send(struct connection *connection, uint8_t *bytes, size_t length) {
    if (connection->state >= CONNECTION_FAILING) {
        memory_free(bytes);
    } else if (output_take(&connection->queued, bytes, length)) {
        flush(connection);
    } else { // it is sent again on the next connection
        break_off(connection, "no memory");
    }
}

// Tells the central that nothing more follows. Not while something has not left: that is a cut, and is to
// look like one. Whoever closes a connection does not wait, so the socket takes these few bytes now, or not
// at all.
static void say_end(struct connection *connection) {
    int failure;
    if (connection->queued.unsent > 0 || connection->out.unsent > 0) {
        return;
    }
    transport_say_end(&connection->transport);
    if (connection->out.unsent > 0) {
        (void)write_slice(connection, &failure);
    }
}

void connection_close(struct connection **pointer) {
    struct connection *connection = *pointer;
    *pointer = NULL;
    dialling_end(&connection->dialling);
    if (connection->descriptor >= 0) {
        say_end(connection);
        transport_free(&connection->transport);
        close(connection->descriptor);
        connection->descriptor = -1;
    }
    connection->state = CONNECTION_CLOSED;
    if (!connection->is_stepping) {
        free_connection(connection);
    }
}

// Bytes in ------------------------------------------------------------------------------------------------

// Makes sure that there is room for more input. Returns false when out of memory.
static bool make_room(struct connection *connection) {
    if (connection->input_capacity - connection->input_length < INPUT_BYTES_MIN / 2) {
        size_t capacity = connection->input_capacity * 2 + INPUT_BYTES_MIN;
        uint8_t *larger = memory_resize(connection->input, capacity + JSON_PADDING_BYTES);
        if (larger == NULL) {
            return false;
        }
        connection->input = larger;
        connection->input_capacity = capacity;
    }
    return true;
}

// Adds the plain text of the received bytes to the input. False when out of memory. Plain bytes are already
// in place: there is room for them, so they are not moved.
static bool take(struct connection *connection, const uint8_t *bytes, size_t length) {
    bool all = false;
    transport_came(&connection->transport, bytes, length, NULL);
    while (!all) {
        size_t count;
        if (connection->encrypted != NULL && !make_room(connection)) {
            return false;
        }
        all = transport_read(&connection->transport, connection->input + connection->input_length,
                             connection->input_capacity - connection->input_length, &count);
        connection->input_length += count;
    }
    return true;
}

static void deliver(struct connection *connection) {
    size_t consumed = 0, now = 1;
    if (connection->state == CONNECTION_FAILING) {
        return;
    }
    while (connection->state < CONNECTION_DOWN && now > 0 && consumed < connection->input_length) {
        now = connection->events->received(connection->context, connection->input + consumed,
                                           connection->input_length - consumed);
        consumed += now;
    }
    if (consumed > 0) {
        memmove(connection->input, connection->input + consumed, connection->input_length - consumed);
        connection->input_length -= consumed;
    }
}

static void come_up_if_open(struct connection *connection) {
    if (connection->state == CONNECTION_OPENING && transport_is_open(&connection->transport)) {
        connection->state = CONNECTION_UP;
        connection->events->up(connection->context);
    }
}

static void take_and_tell(struct connection *connection, const uint8_t *bytes, size_t length) {
    if (!take(connection, bytes, length)) {
        go_down(connection, "no memory");
        return;
    }
    flush(connection); // the handshake's own bytes
    come_up_if_open(connection);
    if (connection->state < CONNECTION_DOWN) {
        deliver(connection);
    }
    if (connection->state >= CONNECTION_DOWN) {
        return;
    }
    enum transport_state state = transport_state(&connection->transport);
    if (state == TRANSPORT_FAILED) {
        go_down_by_tls(connection);
    } else if (state == TRANSPORT_ENDED) {
        go_down(connection, "the central closed the connection");
    }
}

static void end_by_socket(struct connection *connection, ssize_t length, int failure) {
    char reason[REASON_BYTES];
    if (connection->failure[0] != '\0') {
        snprintf(reason, sizeof reason, "%s", connection->failure);
    } else if (length == 0) {
        snprintf(reason, sizeof reason, "the central closed the connection");
    } else {
        reason_of_errno(failure, reason);
    }
    go_down(connection, reason);
}

// Reads once. Returns whether there may be more.
static bool read_once(struct connection *connection) {
    if (connection->encrypted == NULL && !make_room(connection)) {
        go_down(connection, "no memory");
        return false;
    }
    uint8_t *room =
        connection->encrypted != NULL ? connection->encrypted : connection->input + connection->input_length;
    size_t capacity = connection->encrypted != NULL ? ENCRYPTED_BYTES
                                                    : connection->input_capacity - connection->input_length;
    ssize_t length = recv(connection->descriptor, room, capacity, 0);
    int failure = errno;
    if (length < 0 && (failure == EAGAIN || failure == EWOULDBLOCK || failure == EINTR)) {
        return failure == EINTR;
    }
    if (length <= 0) {
        end_by_socket(connection, length, failure);
        return false;
    }
    take_and_tell(connection, room, (size_t)length);
    return (size_t)length == capacity; // otherwise that was all for the moment
}

// Connecting ----------------------------------------------------------------------------------------------

static bool begin_transport(struct connection *connection) {
    if (connection->tls == NULL) {
        transport_begin_plain(&connection->transport, &connection->out);
        return true;
    }
    connection->encrypted = memory_allocate(ENCRYPTED_BYTES);
    return transport_begin_tls(&connection->transport, connection->tls, connection->address.host,
                               &connection->out) &&
           connection->encrypted != NULL;
}

static void begin(struct connection *connection) {
    tcp_set_options(connection->descriptor, &connected_options);
    connection->state = CONNECTION_OPENING;
    if (!begin_transport(connection)) {
        go_down(connection, "no memory");
        return;
    }
    transport_start(&connection->transport);
    flush(connection);
    come_up_if_open(connection);
}

static void dial(struct connection *connection) {
    char reason[REASON_BYTES];
    switch (dialling_step(&connection->dialling, &connection->descriptor, reason)) {
    case DIALLING_WAITS:
        break;
    case DIALLING_CONNECTED:
        begin(connection);
        break;
    case DIALLING_FAILED:
        go_down(connection, reason);
        break;
    }
}

void connection_step(struct connection *connection) {
    connection->is_stepping = true;
    if (connection->state == CONNECTION_DIALLING) {
        dial(connection);
    } else if (connection->state < CONNECTION_DOWN) {
        flush(connection);
        for (int reads = 0; reads < READS_MAX && connection->state < CONNECTION_DOWN; reads++) {
            if (!read_once(connection)) {
                break;
            }
        }
    }
    connection->is_stepping = false;
    if (connection->state == CONNECTION_CLOSED) {
        free_connection(connection);
    }
}

struct connection *connection_open(const struct address *address, struct tls_context *tls,
                                   const struct name_lookup *lookup, const struct connection_events *events,
                                   void *context) {
    struct connection *connection = memory_zeroed(1, sizeof *connection);
    if (connection == NULL) {
        return NULL;
    }
    connection->events = events;
    connection->context = context;
    connection->address = *address;
    connection->tls = tls;
    connection->descriptor = -1;
    dialling_begin(&connection->dialling, &connection->address, lookup);
    return connection;
}

// What it waits for ---------------------------------------------------------------------------------------

void connection_resolved(struct connection *connection, int failure, const struct addrinfo *found) {
    dialling_answer(&connection->dialling, failure, found);
}

int connection_descriptor(const struct connection *connection) {
    return connection->state == CONNECTION_DIALLING ? connection->dialling.descriptor
                                                    : connection->descriptor;
}

bool connection_wants_read(const struct connection *connection) {
    return connection->descriptor >= 0 && connection->state < CONNECTION_DOWN;
}

bool connection_wants_write(const struct connection *connection) {
    return connection->state == CONNECTION_DIALLING ? connection->dialling.descriptor >= 0
                                                    : connection->is_blocked;
}

bool connection_is_ready(const struct connection *connection) {
    return connection->state == CONNECTION_DIALLING && dialling_is_ready(&connection->dialling);
}
