// TLS below the service's bytes. Handshakes are done on the loop, between everybody else's bytes; as they
// cost more than all else, a loop gives them a part of its time only, and lets who comes wait when that is
// used up.
#include "net/internal.h"

#include "tls/session.h"

#include <stdlib.h>

enum {
    ENCRYPTED_BYTES = 64 * 1024,  // read at once
    HANDSHAKES_NS_MAX = 62500000, // of the time between two sweeps: a quarter
};

static uint8_t *room(struct connection *connection, size_t *length) {
    struct loop *loop = connection_loop(connection);
    if (loop->encrypted == NULL) {
        loop->encrypted = malloc(ENCRYPTED_BYTES);
    }
    *length = ENCRYPTED_BYTES;
    return loop->encrypted;
}

static bool sink(void *context, const uint8_t *bytes, size_t length) {
    return connection_output_add(context, bytes, length);
}

void *transport_tls_begin(struct connection *connection, struct tls_context *context) {
    return tls_session_new(context, NULL, sink, connection);
}

// The plain bytes of what came, into the connection's input. False when there is no memory for them.
static bool decrypt(struct connection *connection, struct tls_session *session) {
    for (;;) {
        size_t length;
        uint8_t *to = connection_input_room(connection, &length);
        if (to == NULL) {
            return false;
        }
        ssize_t count = tls_session_read(session, to, length);
        if (count <= 0) {
            return true;
        }
        connection_input_added(connection, (size_t)count);
    }
}

static void account(struct loop *loop, uint64_t ns) {
    loop->handshakes_ns += ns;
    if (loop->handshakes_ns > HANDSHAKES_NS_MAX && loop->accepting) {
        listener_pause_all(loop);
        loop_start_reaper(loop);
    }
}

// Goes on with the handshake. False when it failed, or nobody who may be here has shown who it is.
static bool shake_hands(struct connection *connection, struct tls_session *session) {
    struct loop *loop = connection_loop(connection);
    uint64_t began_ns = uv_hrtime();
    tls_session_start(session);
    account(loop, uv_hrtime() - began_ns);
    if (!tls_session_is_open(session)) {
        return true;
    }
    if (!recheck_one(connection)) { // there was a reload in the middle of it
        return false;
    }
    loop->net->handler->identified(connection);
    return true;
}

static enum transport_state take(struct connection *connection, size_t length) {
    struct loop *loop = connection_loop(connection);
    struct tls_session *session = connection_transport_state(connection);
    tls_session_feed(session, loop->encrypted, length);
    bool welcome = tls_session_is_open(session) ? recheck_one(connection) : shake_hands(connection, session);
    if (!welcome) {
        return TRANSPORT_FAILED;
    }
    bool decrypted = decrypt(connection, session);
    if (tls_session_failure(session) != TLS_NO_FAILURE) {
        guard_note_refused(connection, tls_session_failure(session), tls_session_reason(session));
        return TRANSPORT_FAILED;
    }
    if (!decrypted) {
        return TRANSPORT_FAILED;
    }
    if (tls_session_ended(session)) {
        return TRANSPORT_ENDED;
    }
    return tls_session_is_open(session) ? TRANSPORT_OPEN : TRANSPORT_OPENING;
}

static bool put(struct connection *connection, const uint8_t *bytes, size_t length) {
    return recheck_one(connection) &&
           tls_session_write(connection_transport_state(connection), bytes, length);
}

static void end(struct connection *connection) {
    tls_session_end(connection_transport_state(connection));
}

static void gone(struct connection *connection) {
    struct tls_session *session = connection_transport_state(connection);
    tls_session_free(&session);
}

const struct transport transport_tls = {
    .room = room,
    .take = take,
    .put = put,
    .end = end,
    .gone = gone,
};
