#include "agency/link.h"

#include "base/limits.h"
#include "tls/session.h"
#include "wire/limits.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    INPUT_BYTES_MIN = 16 * 1024,
    ENCRYPTED_BYTES = 16 * 1024,
    // A central that is silent is asked whether it is there, and is gone when it has said nothing for
    // UNACKNOWLEDGED_MS_MAX: two lost questions do not end a link that waits for the draw.
    KEEPALIVE_SECONDS = 8,
    KEEPALIVE_PROBE_SECONDS = 4,
    // When the other machine has not confirmed bytes for so long, it is gone. Not less: a central that does
    // not read, since its disk is slow, looks the same.
    UNACKNOWLEDGED_MS_MAX = 20000,
    // When it has not answered the first packet of a connection for so long. The kernel's own two minutes are
    // long after the way is mended.
    CONNECT_MS_MAX = 8000,
};

struct outgoing {
    struct outgoing *next;
    uint8_t *bytes;
    size_t length, sent;
};

struct link {
    uv_loop_t *loop;
    const struct link_events *events;
    void *context;
    struct address address;
    uv_getaddrinfo_t resolving;
    struct addrinfo *found, *trying; // the addresses of the name, and the one in hand
    uv_connect_t connecting;
    uv_tcp_t socket;
    bool is_resolving, has_socket, is_up, is_closed;
    struct tls_context *tls;     // NULL: plain
    struct tls_session *session; // once there is a socket
    uint8_t *encrypted;          // where its bytes are read into
    bool is_told;                // that it is up
    uint8_t *input;
    size_t input_length, input_capacity;        // JSON_PADDING_BYTES more are allocated
    struct outgoing *outgoing, **last_outgoing; // to be sent
    uv_write_t writing;
    bool is_writing;
    const char *failure;            // why nothing can be sent any more, NULL while it can
    uint8_t slice[WRITE_BYTES_MAX]; // what libuv still has to send
};

static int links; // whose memory is not free yet

uv_loop_t *link_begin_loop(struct error *error) {
    uv_loop_t *loop = uv_default_loop();
    if (loop == NULL) {
        error_set_system(error, errno, "the event loop cannot be made");
    }
    return loop;
}

void link_end_loop(uv_loop_t *loop) {
    uv_run(loop, UV_RUN_NOWAIT);
    if (links == 0) {
        uv_run(loop, UV_RUN_DEFAULT);
        uv_loop_close(loop);
    }
}

void link_leave(int status) {
    if (links > 0) {
        fflush(NULL);
        _exit(status);
    }
}

static void try_address(struct link *link);

// The end -------------------------------------------------------------------------------------------------

static void free_link(struct link *link) {
    while (link->outgoing != NULL) {
        struct outgoing *outgoing = link->outgoing;
        link->outgoing = outgoing->next;
        free(outgoing->bytes);
        free(outgoing);
    }
    uv_freeaddrinfo(link->found);
    tls_session_free(&link->session);
    free(link->encrypted);
    free(link->input);
    free(link);
    links--;
}

static void on_closed_for_good(uv_handle_t *handle) {
    free_link(handle->data);
}

void link_close(struct link **pointer) {
    struct link *link = *pointer;
    *pointer = NULL;
    link->is_closed = true;
    if (link->is_resolving) {
        // on_resolved frees the link, now or when the resolver is done.
        uv_cancel((uv_req_t *)&link->resolving);
    } else if (!link->has_socket) {
        free_link(link);
    } else if (!uv_is_closing((uv_handle_t *)&link->socket)) {
        uv_close((uv_handle_t *)&link->socket, on_closed_for_good);
    } // else on_socket_closed frees it
}

static void go_down(struct link *link, const char *reason) {
    link->is_up = false;
    if (link->has_socket && !uv_is_closing((uv_handle_t *)&link->socket)) {
        uv_read_stop((uv_stream_t *)&link->socket);
    }
    link->events->down(link->context, reason);
}

// Bytes in ------------------------------------------------------------------------------------------------

// Sees to it that there is room for more input. Returns false when there is no memory.
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
    if (link->session != NULL) {
        *buffer = uv_buf_init((char *)link->encrypted, ENCRYPTED_BYTES);
    } else if (make_room(link)) {
        *buffer = uv_buf_init((char *)link->input + link->input_length,
                              (unsigned)(link->input_capacity - link->input_length));
    } else {
        *buffer = uv_buf_init(NULL, 0); // which makes the read fail for want of memory
    }
}

static void deliver(struct link *link) {
    size_t consumed = 0, now = 1;
    while (!link->is_closed && now > 0 && consumed < link->input_length) {
        now = link->events->received(link->context, link->input + consumed, link->input_length - consumed);
        consumed += now;
    }
    if (!link->is_closed && consumed > 0) {
        memmove(link->input, link->input + consumed, link->input_length - consumed);
        link->input_length -= consumed;
    }
}

static void send_queued(struct link *link);

// Tells why TLS does not go on. An alert about our certificate comes only once the link is up, as the server
// looks at it after we are through.
static void go_down_by_tls(struct link *link) {
    char reason[192];
    enum tls_failure failure = tls_session_failure(link->session);
    snprintf(reason, sizeof reason, "TLS: %s: %s", tls_failure_name(failure),
             tls_session_reason(link->session));
    void (*told)(void *context, const char *reason) = NULL;
    if (tls_session_is_unwelcome(link->session)) {
        told = link->events->refused;
    } else if (tls_failure_is_of_certificate(failure)) {
        told = link->events->distrusted;
    }
    if (told != NULL) {
        link->is_up = false;
        uv_read_stop((uv_stream_t *)&link->socket);
        told(link->context, reason);
    } else {
        go_down(link, reason);
    }
}

// The plain bytes of what came, into the input. False when the link has gone down.
static bool decrypt(struct link *link, size_t length) {
    ssize_t count;
    tls_session_feed(link->session, link->encrypted, length);
    do {
        if (!make_room(link)) {
            go_down(link, "no memory");
            return false;
        }
        count = tls_session_read(link->session, link->input + link->input_length,
                                 link->input_capacity - link->input_length);
        link->input_length += count > 0 ? (size_t)count : 0;
    } while (count > 0);
    return true;
}

static void take_encrypted(struct link *link, size_t length) {
    if (!decrypt(link, length)) {
        return;
    }
    send_queued(link); // the handshake's own
    if (!link->is_told && tls_session_is_open(link->session)) {
        link->is_told = true;
        link->events->up(link->context);
    }
    if (!link->is_closed) {
        deliver(link);
    }
    if (!link->is_closed && tls_session_failure(link->session) != TLS_NO_FAILURE) {
        go_down_by_tls(link);
    } else if (!link->is_closed && tls_session_ended(link->session)) {
        go_down(link, "the central closed the connection");
    }
}

static void on_read(uv_stream_t *stream, ssize_t length, const uv_buf_t *buffer) {
    (void)buffer;
    struct link *link = stream->data;
    if (link->is_closed || length == 0) {
        return;
    }
    if (length < 0) {
        go_down(link, link->failure != NULL ? link->failure
                      : length == UV_EOF    ? "the central closed the connection"
                                            : uv_strerror((int)length));
        return;
    }
    if (link->session != NULL) {
        take_encrypted(link, (size_t)length);
        return;
    }
    link->input_length += (size_t)length;
    deliver(link);
}

// Bytes out -----------------------------------------------------------------------------------------------

static void on_written(uv_write_t *request, int status);

// What could not be sent would be waited for in vain. The caller is in the middle of its work: so it is the
// reading side that learns of it, soon, and tells.
static void break_off(struct link *link, const char *reason) {
    int descriptor;
    link->failure = reason;
    if (uv_fileno((uv_handle_t *)&link->socket, &descriptor) == 0) {
        (void)shutdown(descriptor, SHUT_RDWR); // fails when the other side has broken off before
    }
}

// Sends as much as the socket takes; libuv gets the slice that it does not take, and tells when that has
// left.
static void send_queued(struct link *link) {
    while (link->is_up && link->failure == NULL && !link->is_writing && link->outgoing != NULL) {
        struct outgoing *outgoing = link->outgoing;
        size_t left = outgoing->length - outgoing->sent;
        size_t slice = left < WRITE_BYTES_MAX ? left : WRITE_BYTES_MAX;
        uv_buf_t buffer = uv_buf_init((char *)outgoing->bytes + outgoing->sent, (unsigned)slice);
        int written = uv_try_write((uv_stream_t *)&link->socket, &buffer, 1);
        if (written == UV_EAGAIN) {
            memcpy(link->slice, outgoing->bytes + outgoing->sent, slice);
            buffer.base = (char *)link->slice;
            written = uv_write(&link->writing, (uv_stream_t *)&link->socket, &buffer, 1, on_written);
            link->is_writing = written == 0;
            written = written == 0 ? (int)slice : written;
        }
        if (written < 0) {
            break_off(link, uv_strerror(written));
            return;
        }
        outgoing->sent += (size_t)written;
        if (outgoing->sent == outgoing->length) {
            link->outgoing = outgoing->next;
            if (link->outgoing == NULL) {
                link->last_outgoing = &link->outgoing;
            }
            free(outgoing->bytes);
            free(outgoing);
        }
    }
}

static void on_written(uv_write_t *request, int status) {
    struct link *link = request->data;
    link->is_writing = false;
    if (link->is_closed) {
        return;
    }
    if (status == 0) {
        send_queued(link);
    } else {
        break_off(link, uv_strerror(status));
    }
}

// Queues bytes made with malloc, which are then the link's. False when there is no memory.
static bool queue(struct link *link, uint8_t *bytes, size_t length) {
    struct outgoing *outgoing = malloc(sizeof *outgoing);
    if (outgoing == NULL) {
        free(bytes);
        return false;
    }
    *outgoing = (struct outgoing){.bytes = bytes, .length = length};
    *link->last_outgoing = outgoing;
    link->last_outgoing = &outgoing->next;
    return true;
}

// Where the session's bytes go.
static bool queue_copy(void *context, const uint8_t *bytes, size_t length) {
    uint8_t *copy = malloc(length);
    if (copy == NULL) {
        return false;
    }
    memcpy(copy, bytes, length);
    return queue(context, copy, length);
}

void link_send(struct link *link, uint8_t *bytes, size_t length) {
    bool queued;
    if (link->session == NULL) {
        queued = queue(link, bytes, length);
    } else {
        queued = tls_session_write(link->session, bytes, length);
        free(bytes);
    }
    if (!queued) { // it is sent again on the next connection
        break_off(link, "no memory");
        return;
    }
    send_queued(link);
}

// Connecting ----------------------------------------------------------------------------------------------

static void set_option(struct link *link, int option, int value) {
    int descriptor;
    if (uv_fileno((uv_handle_t *)&link->socket, &descriptor) == 0) {
        (void)setsockopt(descriptor, IPPROTO_TCP, option, &value, sizeof value);
    }
}

// So that a machine that vanished is noticed in seconds and not in a quarter of an hour. How many probes it
// takes follows from TCP_USER_TIMEOUT, which the kernel prefers to a number of them.
static void notice_silence(struct link *link) {
    uv_tcp_nodelay(&link->socket, 1);
    uv_tcp_keepalive(&link->socket, 1, KEEPALIVE_SECONDS);
    set_option(link, TCP_KEEPINTVL, KEEPALIVE_PROBE_SECONDS);
    set_option(link, TCP_USER_TIMEOUT, UNACKNOWLEDGED_MS_MAX);
}

// The socket of an address that did not answer is gone: now the next one.
static void on_socket_closed(uv_handle_t *handle) {
    struct link *link = handle->data;
    link->has_socket = false;
    if (link->is_closed) {
        free_link(link);
    } else {
        link->trying = link->trying->ai_next;
        try_address(link);
    }
}

static bool begin_tls(struct link *link) {
    link->encrypted = malloc(ENCRYPTED_BYTES);
    link->session =
        link->encrypted == NULL ? NULL : tls_session_new(link->tls, link->address.host, queue_copy, link);
    return link->session != NULL;
}

static void begin(struct link *link) {
    notice_silence(link);
    link->is_up = true;
    if (link->tls != NULL && !begin_tls(link)) {
        go_down(link, "no memory");
        return;
    }
    int failure = uv_read_start((uv_stream_t *)&link->socket, on_room, on_read);
    if (failure != 0) {
        go_down(link, uv_strerror(failure));
    } else if (link->session == NULL) {
        link->events->up(link->context);
    } else {
        tls_session_start(link->session);
        send_queued(link);
    }
}

static void on_connected(uv_connect_t *request, int status) {
    struct link *link = request->data;
    if (link->is_closed) {
        return;
    }
    if (status != 0 && link->trying->ai_next == NULL) {
        go_down(link, uv_strerror(status));
    } else if (status != 0) {
        uv_close((uv_handle_t *)&link->socket, on_socket_closed);
    } else {
        begin(link);
    }
}

static int begin_to_connect(struct link *link) {
    // With the family, the socket is there before it connects.
    int failure = uv_tcp_init_ex(link->loop, &link->socket, (unsigned)link->trying->ai_addr->sa_family);
    if (failure == 0) {
        link->has_socket = true;
        set_option(link, TCP_USER_TIMEOUT, CONNECT_MS_MAX);
        link->socket.data = link->connecting.data = link;
        failure = uv_tcp_connect(&link->connecting, &link->socket, link->trying->ai_addr, on_connected);
    }
    return failure;
}

static void try_address(struct link *link) {
    int failure = begin_to_connect(link);
    while (failure != 0 && !link->has_socket && link->trying->ai_next != NULL) {
        link->trying = link->trying->ai_next; // no sockets of that family here
        failure = begin_to_connect(link);
    }
    if (failure != 0 && link->has_socket && link->trying->ai_next != NULL) {
        uv_close((uv_handle_t *)&link->socket, on_socket_closed);
    } else if (failure != 0) {
        go_down(link, uv_strerror(failure));
    }
}

// That nobody knows a name may pass: a network that is not up yet, a container that comes later.
static void go_down_by_name(struct link *link, int status) {
    char reason[ADDRESS_BYTES_MAX + 128];
    snprintf(reason, sizeof reason, "the name \"%s\" cannot be resolved: %s", link->address.host,
             status == UV_EAI_NONAME || status == UV_EAI_NODATA ? "it is not known; is it spelled right?"
                                                                : uv_strerror(status));
    go_down(link, reason);
}

static void on_resolved(uv_getaddrinfo_t *request, int status, struct addrinfo *found) {
    struct link *link = request->data;
    link->is_resolving = false;
    link->found = link->trying = found;
    if (link->is_closed) {
        free_link(link);
    } else if (status != 0) {
        go_down_by_name(link, status);
    } else {
        try_address(link);
    }
}

struct link *link_open(uv_loop_t *loop, const struct address *address, struct tls_context *tls,
                       const struct link_events *events, void *context) {
    struct link *link = calloc(1, sizeof *link);
    if (link == NULL) {
        return NULL;
    }
    links++;
    link->loop = loop;
    link->events = events;
    link->tls = tls;
    link->context = context;
    link->address = *address;
    link->last_outgoing = &link->outgoing;
    link->resolving.data = link->writing.data = link;
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_family = AF_UNSPEC};
    if (uv_getaddrinfo(loop, &link->resolving, on_resolved, link->address.host, link->address.port, &hints) !=
        0) {
        free_link(link);
        return NULL;
    }
    link->is_resolving = true;
    return link;
}
