// TLS below the service's bytes. Handshakes are done on the loop, between everybody else's bytes, each when
// it is its turn (turns.h). Bytes of one that has to wait stay with the kernel until then.
#include "base/limits.h"
#include "net/internal.h"
#include "stream/output.h"

#include "base/queue.h"
#include "tls/hello.h"

#include <assert.h>
#include <stdlib.h>

enum {
    ENCRYPTED_BYTES = 64 * 1024, // read at once
    RECORD_ADDS_BYTES = 22,      // TLS 1.3: 5 in front, the type, and 16 behind (RFC 8446, section 5.2)
    PEEK_BYTES = 2048,
    TURNS_EVERY_MS = 5,
};

struct secured {
    struct connection *connection;
    struct tls_session *session;
    struct turn turn;
    bool has_turn;  // its bytes are looked at now
    bool has_begun; // some of them were
    bool resumes;   // or so it says
};

struct tls_session *transport_tls_session(void *state) {
    return ((struct secured *)state)->session;
}

static struct secured *secured_of(struct connection *connection) {
    return connection_transport_state(connection);
}

// Turns -------------------------------------------------------------------------------------------------

static void on_turns(uv_timer_t *timer) {
    struct loop *loop = timer->data;
    struct turn *turn;
    turns_advance(&loop->turns, uv_hrtime());
    while (!loop->quiet && (turn = turns_next(&loop->turns)) != NULL) {
        struct secured *secured = CONTAINER_OF(turn, struct secured, turn);
        secured->has_turn = true;
        connection_take_turn(secured->connection); // it may be gone then
    }
    if (loop->quiet || loop->turns.waiting == 0) {
        uv_timer_stop(timer);
    }
}

// Those who have begun, or go on with a session, cost little, and are soon through.
static void wait_for_turn(struct secured *secured, struct loop *loop) {
    if (!secured->has_begun) {
        size_t length = connection_peek(secured->connection, loop->encrypted, PEEK_BYTES);
        secured->resumes = tls_hello_resumes(loop->encrypted, length);
    }
    turns_wait(&loop->turns, &secured->turn, secured->has_begun || secured->resumes);
    connection_wait_turn(secured->connection);
    if (!uv_is_active((uv_handle_t *)&loop->turns_timer)) {
        uv_timer_start(&loop->turns_timer, on_turns, TURNS_EVERY_MS, TURNS_EVERY_MS);
    }
}

static bool may_go(struct secured *secured, struct loop *loop) {
    if (secured->has_turn || secured->turn.kind == TURN_NONE) {
        return true;
    }
    turns_advance(&loop->turns, uv_hrtime());
    return turns_may_go(&loop->turns, &secured->turn);
}

// What the handshake has cost is noted for whoever asked for it.
static void spend(struct secured *secured, struct loop *loop, uint64_t ns) {
    turns_spend(&loop->turns, &secured->turn, ns);
    if (secured->resumes && !secured->has_begun && !tls_session_was_resumed(secured->session)) {
        turns_lied(&loop->turns, &secured->turn);
    }
    secured->has_begun = true;
    secured->has_turn = false;
    if (tls_session_is_open(secured->session)) {
        turns_leave(&loop->turns, &secured->turn);
    }
}

// Bytes in ----------------------------------------------------------------------------------------------

static uint8_t *room(struct connection *connection, size_t *length) {
    struct loop *loop = connection_loop(connection);
    struct secured *secured = secured_of(connection);
    *length = 0;
    if (loop->encrypted == NULL && (loop->encrypted = malloc(ENCRYPTED_BYTES)) == NULL) {
        return NULL;
    }
    if (!may_go(secured, loop)) {
        wait_for_turn(secured, loop);
        return NULL;
    }
    *length = ENCRYPTED_BYTES;
    return loop->encrypted;
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

// Goes on with the handshake. False when it is over, and nobody who may be here has shown who it is.
static bool shake_hands(struct connection *connection, struct secured *secured) {
    struct loop *loop = connection_loop(connection);
    uint64_t began_ns = uv_hrtime();
    tls_session_start(secured->session);
    spend(secured, loop, uv_hrtime() - began_ns);
    if (!tls_session_is_open(secured->session)) {
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
    struct secured *secured = secured_of(connection);
    struct tls_session *session = secured->session;
    tls_session_feed(session, loop->encrypted, length);
    bool welcome = tls_session_is_open(session) ? recheck_one(connection) : shake_hands(connection, secured);
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

// Bytes out ---------------------------------------------------------------------------------------------

static bool sink(void *context, const uint8_t *bytes, size_t length) {
    return connection_output_add(context, bytes, length);
}

// A record that fills one write. No more is encrypted before the socket has taken it.
static bool fill(struct connection *connection) {
    uint8_t room[WRITE_BYTES_MAX - RECORD_ADDS_BYTES];
    struct output *queued = connection_queued(connection);
    size_t length;
    const uint8_t *bytes = output_gather(queued, room, sizeof room, &length);
    if (!recheck_one(connection) || !tls_session_write(secured_of(connection)->session, bytes, length)) {
        return false;
    }
    output_sent(queued, length);
    return true;
}

static void end(struct connection *connection) {
    tls_session_end(secured_of(connection)->session);
}

// From its beginning to its end ---------------------------------------------------------------------------

void *transport_tls_begin(struct connection *connection, struct tls_context *context) {
    struct loop *loop = connection_loop(connection);
    struct secured *secured = calloc(1, sizeof *secured);
    if (secured == NULL) {
        return NULL;
    }
    secured->connection = connection;
    secured->session = tls_session_new(context, NULL, sink, connection);
    if (secured->session == NULL) {
        free(secured);
        return NULL;
    }
    uint8_t address[CONNECTION_ADDRESS_RAW_BYTES];
    connection_peer_bytes(connection, address);
    struct turn *given_up = turns_enter(&loop->turns, &secured->turn, address);
    if (given_up != NULL) {
        guard_give_up_handshake(CONTAINER_OF(given_up, struct secured, turn)->connection);
    }
    return secured;
}

static void gone(struct connection *connection) {
    struct secured *secured = secured_of(connection);
    turns_leave(&connection_loop(connection)->turns, &secured->turn);
    tls_session_free(&secured->session);
    free(secured);
}

const struct transport transport_tls = {
    .room = room,
    .take = take,
    .fill = fill,
    .end = end,
    .gone = gone,
};
