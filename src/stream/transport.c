#include "stream/transport.h"

#include "base/clock.h"
#include "stream/limits.h"

#include <assert.h>
#include <string.h>

enum {
    RECORD_ADDS_BYTES = 22, // TLS 1.3: a 5-byte header, the type, and 16 at the end (RFC 8446, section 5.2)
};

// From its beginning to its end ---------------------------------------------------------------------------

void transport_begin_plain(struct transport *transport, struct output *out) {
    *transport = (struct transport){.out = out};
}

// Receives the session's bytes.
static bool sink(void *context, const uint8_t *bytes, size_t length) {
    return output_copy(context, bytes, length);
}

bool transport_begin_tls(struct transport *transport, struct tls_context *context, const char *host,
                         struct output *out) {
    *transport = (struct transport){.out = out};
    transport->session = tls_session_new(context, host, sink, out);
    return transport->session != NULL;
}

void transport_free(struct transport *transport) {
    tls_session_free(&transport->session);
}

// Bytes in ------------------------------------------------------------------------------------------------

void transport_start(struct transport *transport) {
    if (transport_state(transport) == TRANSPORT_OPENING) {
        tls_session_start(transport->session);
    }
}

void transport_came(struct transport *transport, const uint8_t *bytes, size_t length,
                    uint64_t *handshake_ns) {
    uint64_t spent_ns = 0;
    if (transport->session == NULL) {
        transport->came = bytes;
        transport->came_length = length;
    } else {
        tls_session_feed(transport->session, bytes, length);
        if (transport_state(transport) == TRANSPORT_OPENING) {
            uint64_t began_ns = clock_steady_ns();
            transport_start(transport);
            spent_ns = clock_steady_ns() - began_ns;
        }
    }
    if (handshake_ns != NULL) {
        *handshake_ns = spent_ns;
    }
}

static bool read_plain(struct transport *transport, uint8_t *room, size_t length, size_t *count) {
    *count = length < transport->came_length ? length : transport->came_length;
    if (room != transport->came) {
        memmove(room, transport->came, *count);
    }
    transport->came += *count;
    transport->came_length -= *count;
    return transport->came_length == 0;
}

static bool read_tls(struct transport *transport, uint8_t *room, size_t length, size_t *count) {
    ssize_t now = 1;
    *count = 0;
    while (now > 0 && *count < length) {
        now = tls_session_read(transport->session, room + *count, length - *count);
        *count += now > 0 ? (size_t)now : 0;
    }
    return now <= 0;
}

bool transport_read(struct transport *transport, uint8_t *room, size_t length, size_t *count) {
    return transport->session == NULL ? read_plain(transport, room, length, count)
                                      : read_tls(transport, room, length, count);
}

// Bytes out -----------------------------------------------------------------------------------------------

// Encrypts one record that fills one write. No more is encrypted before the socket has taken it.
static bool encrypt_next(struct transport *transport, struct output *from) {
    uint8_t room[WRITE_BYTES_MAX - RECORD_ADDS_BYTES];
    size_t length;
    const uint8_t *bytes = output_gather(from, room, sizeof room, &length);
    if (!tls_session_write(transport->session, bytes, length)) {
        return false;
    }
    output_sent(from, length);
    return true;
}

bool transport_fill(struct transport *transport, struct output *from) {
    assert(transport->out->unsent == 0);
    if (transport->session == NULL) {
        output_move(transport->out, from);
        return true;
    }
    return encrypt_next(transport, from);
}

void transport_say_end(struct transport *transport) {
    if (transport_is_secure(transport) && !transport->is_finished) {
        tls_session_end(transport->session);
    }
    transport->is_finished = true;
}

bool transport_is_finished(const struct transport *transport) {
    return transport->is_finished;
}

// What it is ----------------------------------------------------------------------------------------------

enum transport_state transport_state(const struct transport *transport) {
    const struct tls_session *session = transport->session;
    return session == NULL                                  ? TRANSPORT_OPEN
           : tls_session_failure(session) != TLS_NO_FAILURE ? TRANSPORT_FAILED
           : tls_session_ended(session)                     ? TRANSPORT_ENDED
           : tls_session_is_open(session)                   ? TRANSPORT_OPEN
                                                            : TRANSPORT_OPENING;
}

bool transport_is_open(const struct transport *transport) {
    return transport_state(transport) == TRANSPORT_OPEN;
}

bool transport_is_secure(const struct transport *transport) {
    return transport->session != NULL;
}

struct tls_session *transport_session(const struct transport *transport) {
    return transport->session;
}

size_t transport_held(const struct transport *transport) {
    return transport->session == NULL ? 0 : tls_session_held(transport->session);
}
