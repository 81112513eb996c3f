#include "link/link.h"

#include "link/dial.h"
#include "stream/tcp.h"
#include "stream/transport.h"
#include "stream/writer.h"
#include "tls/session.h"
#include "wire/limits.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum {
    INPUT_BYTES_MIN = 16 * 1024,
    ENCRYPTED_BYTES = 16 * 1024,
};

enum link_state {
    LINK_DIALLING,
    LINK_OPENING, // connected; in TLS's handshake
    LINK_UP,      // the owner has been told
    // It cannot send. The reading side, which sees the end of the socket, tells the owner.
    LINK_FAILING,  // the owner has not been told that it was up, so it gets no bytes either
    LINK_BREAKING, // it gets the bytes that came before
    LINK_DOWN,     // the owner has been told
    LINK_CLOSED,   // by the owner; the memory is freed with the socket
};

struct link {
    enum link_state state;
    const struct link_events *events;
    void *context; // of the events
    struct address address;
    struct tls_context *tls;             // NULL: plain
    struct dial *dial;                   // while DIALLING
    uv_tcp_t *socket;                    // afterwards; NULL when dialling failed
    uv_timer_t *limit;                   // of OPENING, while it lasts
    struct transport transport;          // once there is a socket
    struct writer writer;                // likewise
    struct output queued;                // the owner's bytes, before the transport
    const char *failure;                 // why it is FAILING or BREAKING
    uint8_t *encrypted;                  // where TLS bytes are read into; NULL: plain
    uint8_t *input;                      // plain bytes that are not consumed
    size_t input_length, input_capacity; // JSON_PADDING_BYTES more are allocated
};

// States --------------------------------------------------------------------------------------------------

static bool may_follow(enum link_state from, enum link_state to) {
    switch (to) {
    case LINK_DIALLING:
        return false;
    case LINK_OPENING:
        return from == LINK_DIALLING;
    case LINK_UP:
    case LINK_FAILING:
        return from == LINK_OPENING;
    case LINK_BREAKING:
        return from == LINK_UP;
    case LINK_DOWN:
        return from < LINK_DOWN;
    case LINK_CLOSED:
        return from != LINK_CLOSED;
    }
    return false;
}

// The one function that changes the state. A link that is down or closed does not read.
static void change_state(struct link *link, enum link_state state) {
    assert(may_follow(link->state, state));
    link->state = state;
    if (state != LINK_OPENING && link->limit != NULL) {
        uv_close((uv_handle_t *)link->limit, (uv_close_cb)free);
        link->limit = NULL;
    }
    if (state >= LINK_DOWN && link->socket != NULL) {
        uv_read_stop((uv_stream_t *)link->socket);
    }
}

// The owner may close the link in this call.
static void go_down(struct link *link, const char *reason) {
    change_state(link, LINK_DOWN);
    link->events->down(link->context, reason);
}

// Says why TLS failed. An alert about our certificate comes only once the link is up, because the server
// checks it after our side of the handshake is complete.
static void go_down_by_tls(struct link *link) {
    char reason[32 + TLS_REASON_BYTES];
    const struct tls_session *session = transport_session(&link->transport);
    enum tls_failure failure = tls_session_failure(session);
    void (*told)(void *context, const char *reason) = NULL;
    if (tls_session_is_unwelcome(session)) {
        told = link->events->refused;
    } else if (tls_failure_is_distrust(failure)) {
        told = link->events->distrusted;
    }
    snprintf(reason, sizeof reason, "TLS: %s: %s", tls_failure_name(failure), tls_session_reason(session));
    change_state(link, LINK_DOWN);
    (told != NULL ? told : link->events->down)(link->context, reason);
}

// Closing -------------------------------------------------------------------------------------------------

static void free_link(struct link *link) {
    if (link->socket != NULL) {
        transport_free(&link->transport);
        writer_give_up(&link->writer);
    }
    free(link->socket);
    output_free(&link->queued);
    free(link->encrypted);
    free(link->input);
    free(link);
}

static void on_socket_closed(uv_handle_t *handle) {
    free_link(handle->data);
}

// Tells the central that nothing more follows. Not while something has not left: that is a cut, and is to
// look like one. Whoever closes a link does not wait, so the socket takes these few bytes now, or not at all.
static void say_end(struct link *link) {
    int failure;
    if (link->queued.unsent > 0 || link->writer.out.unsent > 0) {
        return;
    }
    transport_say_end(&link->transport);
    if (link->writer.out.unsent > 0) {
        enum writer_result result = writer_write(&link->writer, &failure);
        (void)result;
    }
}

void link_close(struct link **pointer) {
    struct link *link = *pointer;
    *pointer = NULL;
    if (link->socket != NULL) {
        say_end(link);
    }
    change_state(link, LINK_CLOSED);
    if (link->dial != NULL) {
        dial_cancel(link->dial);
    }
    if (link->socket != NULL) {
        uv_close((uv_handle_t *)link->socket, on_socket_closed);
    } else {
        free_link(link);
    }
}

// Bytes out -----------------------------------------------------------------------------------------------

// The caller is in the middle of its work. So the reading side soon notices, and tells the owner.
static void break_off(struct link *link, const char *reason) {
    int descriptor;
    change_state(link, link->state == LINK_UP ? LINK_BREAKING : LINK_FAILING);
    link->failure = reason;
    if (uv_fileno((uv_handle_t *)link->socket, &descriptor) == 0) {
        (void)shutdown(descriptor, SHUT_RDWR); // fails if the other side disconnected first
    }
}

// Moves more queued bytes to the writer, which has sent all it had. Returns whether it has some now.
static bool refill(struct link *link) {
    if (link->writer.out.unsent == 0 && link->queued.unsent > 0 && transport_is_open(&link->transport) &&
        !transport_fill(&link->transport, &link->queued)) {
        break_off(link, "no memory");
        return false;
    }
    return link->writer.out.unsent > 0;
}

// Sends as much as the socket takes.
static void flush(struct link *link) {
    enum writer_result result = WRITER_SENT;
    while (link->state < LINK_FAILING && result == WRITER_SENT && !writer_is_waiting(&link->writer) &&
           refill(link)) {
        int failure = 0;
        result = writer_write(&link->writer, &failure);
        if (result == WRITER_FAILED) {
            break_off(link, uv_strerror(failure));
        }
    }
}

static void on_left(struct writer *writer, int status) {
    struct link *link = writer->stream->data;
    if (link->state >= LINK_FAILING) {
        return;
    }
    if (status == 0) {
        flush(link);
    } else {
        break_off(link, uv_strerror(status));
    }
}

void link_send(struct link *link, uint8_t *bytes, size_t length) {
    if (link->state >= LINK_FAILING) {
        free(bytes);
    } else if (output_take(&link->queued, bytes, length)) {
        flush(link);
    } else { // it is sent again on the next connection
        break_off(link, "no memory");
    }
}

// Bytes in ------------------------------------------------------------------------------------------------

// Makes sure that there is room for more input. Returns false when out of memory.
static bool make_room(struct link *link) {
    if (link->input_capacity - link->input_length < INPUT_BYTES_MIN) {
        size_t capacity = link->input_capacity * 2 + INPUT_BYTES_MIN;
        uint8_t *larger = realloc(link->input, capacity + JSON_PADDING_BYTES);
        if (larger == NULL) {
            return false;
        }
        link->input = larger;
        link->input_capacity = capacity;
    }
    return true;
}

static void on_room(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer) {
    (void)suggested;
    struct link *link = handle->data;
    if (link->encrypted != NULL) {
        *buffer = uv_buf_init((char *)link->encrypted, ENCRYPTED_BYTES);
    } else if (make_room(link)) {
        *buffer = uv_buf_init((char *)link->input + link->input_length,
                              (unsigned)(link->input_capacity - link->input_length));
    } else {
        *buffer = uv_buf_init(NULL, 0); // libuv then reports ENOBUFS
    }
}

// Adds the plain text of the received bytes to the input. False when out of memory. Plain bytes are already
// in place: there is room for them, so they are not moved.
static bool take(struct link *link, const uint8_t *bytes, size_t length) {
    bool all = false;
    transport_came(&link->transport, bytes, length, NULL);
    while (!all) {
        size_t count;
        if (link->encrypted != NULL && !make_room(link)) {
            return false;
        }
        all = transport_read(&link->transport, link->input + link->input_length,
                             link->input_capacity - link->input_length, &count);
        link->input_length += count;
    }
    return true;
}

static void deliver(struct link *link) {
    size_t consumed = 0, now = 1;
    if (link->state == LINK_FAILING) {
        return;
    }
    while (link->state != LINK_CLOSED && now > 0 && consumed < link->input_length) {
        now = link->events->received(link->context, link->input + consumed, link->input_length - consumed);
        consumed += now;
    }
    if (link->state != LINK_CLOSED && consumed > 0) {
        memmove(link->input, link->input + consumed, link->input_length - consumed);
        link->input_length -= consumed;
    }
}

static void come_up_if_open(struct link *link) {
    if (link->state == LINK_OPENING && transport_is_open(&link->transport)) {
        change_state(link, LINK_UP);
        link->events->up(link->context);
    }
}

static void take_and_tell(struct link *link, const uint8_t *bytes, size_t length) {
    if (!take(link, bytes, length)) {
        go_down(link, "no memory");
        return;
    }
    flush(link); // the handshake's own bytes
    come_up_if_open(link);
    deliver(link);
    enum transport_state state = transport_state(&link->transport);
    if (link->state >= LINK_DOWN) {
        return;
    }
    if (state == TRANSPORT_FAILED) {
        go_down_by_tls(link);
    } else if (state == TRANSPORT_ENDED) {
        go_down(link, "the central closed the connection");
    }
}

static void on_read(uv_stream_t *stream, ssize_t length, const uv_buf_t *buffer) {
    struct link *link = stream->data;
    if (link->state >= LINK_DOWN || length == 0) {
        return;
    }
    if (length > 0) {
        take_and_tell(link, (const uint8_t *)buffer->base, (size_t)length);
    } else {
        go_down(link, link->failure != NULL ? link->failure
                      : length == UV_EOF    ? "the central closed the connection"
                                            : uv_strerror((int)length));
    }
}

// Connecting ----------------------------------------------------------------------------------------------

static bool begin_transport(struct link *link) {
    writer_begin(&link->writer, (uv_stream_t *)link->socket, on_left);
    if (link->tls == NULL) {
        transport_begin_plain(&link->transport, &link->writer.out);
        return true;
    }
    link->encrypted = malloc(ENCRYPTED_BYTES);
    return link->encrypted != NULL &&
           transport_begin_tls(&link->transport, link->tls, link->address.host, &link->writer.out);
}

// What accepts connections and says nothing would hold it for ever otherwise, and keep it from the next
// server.
static void on_late(uv_timer_t *timer) {
    char reason[64];
    snprintf(reason, sizeof reason, "TLS: no handshake within %d ms", CONNECT_MS_MAX);
    go_down(timer->data, reason);
}

// False when out of memory. Plain text has no handshake.
static bool limit_opening(struct link *link) {
    if (link->tls == NULL) {
        return true;
    }
    link->limit = malloc(sizeof *link->limit);
    if (link->limit == NULL) {
        return false;
    }
    uv_timer_init(link->socket->loop, link->limit);
    link->limit->data = link;
    return uv_timer_start(link->limit, on_late, CONNECT_MS_MAX, 0) == 0;
}

static void on_dialled(void *context, uv_tcp_t *socket, const char *reason) {
    struct link *link = context;
    int descriptor;
    link->dial = NULL;
    if (socket == NULL) {
        go_down(link, reason);
        return;
    }
    link->socket = socket;
    socket->data = link;
    if (uv_fileno((uv_handle_t *)socket, &descriptor) == 0) {
        tcp_set_options(descriptor, &tcp_to_central);
    }
    change_state(link, LINK_OPENING);
    int failure = begin_transport(link) && limit_opening(link)
                      ? uv_read_start((uv_stream_t *)socket, on_room, on_read)
                      : UV_ENOMEM;
    if (failure != 0) {
        go_down(link, failure == UV_ENOMEM ? "no memory" : uv_strerror(failure));
        return;
    }
    transport_start(&link->transport);
    flush(link);
    come_up_if_open(link);
}

struct link *link_open(uv_loop_t *loop, const struct address *address, struct tls_context *tls,
                       const struct link_events *events, void *context) {
    struct link *link = calloc(1, sizeof *link);
    if (link == NULL) {
        return NULL;
    }
    link->events = events;
    link->context = context;
    link->address = *address;
    link->tls = tls;
    link->dial = dial_start(loop, &link->address, on_dialled, link);
    if (link->dial == NULL) {
        free(link);
        return NULL;
    }
    return link;
}
