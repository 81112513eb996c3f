// The echo service: each line that a client sends comes back unchanged.
//
// This is the smallest example of a service. net/ owns loops, listeners and connections, and calls the
// functions in the table at the bottom. A service examines the bytes that came, returns how many of them it
// has consumed, and sends its answers.
#include "service/service.h"

#include "base/log.h"
#include "net/connection.h"
#include "service/limits.h"

#include <string.h>

enum { LOGGED_BYTES_MAX = 200 }; // of a line; the rest is not logged

static bool on_loop_started(struct loop *loop, void *state, void *context, struct error *error) {
    (void)loop, (void)state, (void)context, (void)error;
    return true; // nothing is kept for a loop
}

static void on_loop_woken(struct loop *loop, void *state) {
    (void)loop, (void)state;
}

static void on_loop_ended(struct loop *loop, void *state) {
    (void)loop, (void)state;
}

static void on_opened(struct connection *connection) {
    char peer[CONNECTION_ADDRESS_BYTES];
    struct log_source source = {.number = connection_source(connection)};
    connection_peer(connection, peer);
    (void)log_event_limited(&source, LOG_LEVEL_INFO, "accept_connections", LOG_SUCCESS, "ip: %s", peer);
}

static void echo(struct connection *connection, const uint8_t *line, size_t length) {
    size_t logged = length > 0 && line[length - 1] == '\n' ? length - 1 : length;
    log_event(LOG_LEVEL_INFO, "receive_message", LOG_SUCCESS, "msg: %.*s",
              (int)(logged < LOGGED_BYTES_MAX ? logged : LOGGED_BYTES_MAX), (const char *)line);
    connection_send(connection, line, length);
}

static size_t on_received(struct connection *connection, const uint8_t *bytes, size_t length) {
    const uint8_t *newline = memchr(bytes, '\n', length);
    size_t line = newline == NULL ? length : (size_t)(newline - bytes) + 1;
    if (newline != NULL && line <= ECHO_LINE_BYTES_MAX) {
        echo(connection, bytes, line);
        return line; // the following lines come in the next call
    }
    if (line > ECHO_LINE_BYTES_MAX) {
        struct log_source source = {"too_long", connection_source(connection), false};
        (void)log_event_limited(&source, LOG_LEVEL_WARNING, "receive_message", LOG_FAIL,
                                "error: the line is longer than %d bytes", ECHO_LINE_BYTES_MAX);
        connection_finish(connection);
        return length;
    }
    return 0; // half a line: it comes again, with more bytes
}

static bool owes_answer(struct connection *connection) {
    (void)connection;
    return false; // each line is answered as it comes
}

static void on_ended(struct connection *connection, const uint8_t *rest, size_t length) {
    if (length > 0) {
        echo(connection, rest, length);
    }
    connection_finish(connection);
}

static void on_draining(struct connection *connection) {
    (void)connection; // each line is answered as it comes
}

static void on_identified(struct connection *connection) {
    (void)connection; // any peer with a good certificate gets an echo
}

static void on_refused(struct connection *connection, const char *failure) {
    (void)connection;
    (void)failure;
}

static void on_arrived(struct connection *connection) {
    (void)connection; // never requested
}

static void on_closed(struct connection *connection) {
    (void)connection;
}

static const char needs_tls[] = "this port speaks TLS\n";

const struct handler echo_handler = {
    .input_bytes_max = ECHO_LINE_BYTES_MAX,
    .needs_tls = needs_tls,
    .needs_tls_bytes = sizeof needs_tls - 1,
    .loop_started = on_loop_started,
    .loop_woken = on_loop_woken,
    .loop_ended = on_loop_ended,
    .opened = on_opened,
    .identified = on_identified,
    .refused = on_refused,
    .received = on_received,
    .owes_answer = owes_answer,
    .ended = on_ended,
    .draining = on_draining,
    .arrived = on_arrived,
    .closed = on_closed,
};
