#include "net/reading.h"

#include "net/arrival.h"
#include "net/ending.h"
#include "net/holding.h"
#include "net/recheck.h"
#include "net/sending.h"
#include "net/stage.h"

#include <assert.h>
#include <stdlib.h>
#include <sys/socket.h>

enum { ENCRYPTED_BYTES = 64 * 1024 }; // read in one call

// Room ----------------------------------------------------------------------------------------------------

// Makes room in the input. False when there is no memory.
static bool have_input_room(struct connection *connection) {
    struct connections *all = connection->all;
    struct input *in = &connection->in;
    if (input_has_room(in)) {
        return true;
    }
    bool enlarged =
        all->events->wants_memory(all->loop, connection, input_growth(in)) && input_enlarge(in, &all->spares);
    holding_count(connection);
    return enlarged;
}

// The first bytes stay in the kernel; this only peeks at them.
static void wait_for_turn(struct connection *connection) {
    struct connections *all = connection->all;
    int descriptor;
    ssize_t length = 0;
    if (handshakes_wants_hello(&connection->handshake) &&
        uv_fileno((uv_handle_t *)&connection->socket, &descriptor) == 0) {
        length = recv(descriptor, all->encrypted, HANDSHAKES_HELLO_BYTES, MSG_PEEK | MSG_DONTWAIT);
    }
    handshakes_wait(&all->handshakes, &connection->handshake, all->encrypted,
                    length > 0 ? (size_t)length : 0);
    stage_change(connection, STAGE_TURN);
}

static uint8_t *room_for_encrypted(struct connection *connection, size_t *length) {
    struct connections *all = connection->all;
    *length = 0;
    if (all->encrypted == NULL && (all->encrypted = malloc(ENCRYPTED_BYTES)) == NULL) {
        return NULL;
    }
    if (connection->stage == STAGE_HANDSHAKE &&
        !handshakes_may_go(&all->handshakes, &connection->handshake)) {
        wait_for_turn(connection);
        return NULL;
    }
    *length = ENCRYPTED_BYTES;
    return all->encrypted;
}

uint8_t *reading_room(struct connection *connection, size_t *length) {
    struct input *in = &connection->in;
    if (transport_is_secure(&connection->transport)) {
        return room_for_encrypted(connection, length);
    }
    *length = 0;
    if (!have_input_room(connection)) {
        return NULL;
    }
    *length = in->capacity - in->end;
    return in->bytes + in->end;
}

// To the service ------------------------------------------------------------------------------------------

// The bytes waiting to leave limit what is taken in, even of bytes that have already come.
static bool may_deliver(struct connection *connection) {
    bool wanted = connection->stage == STAGE_OPEN && !connection->is_paused &&
                  connection->in.start < connection->in.end;
    stage_set(connection, &connection->is_held_back, wanted && sending_is_full(connection));
    return wanted && !connection->is_held_back;
}

// A whole message came, so the next wait gets its full time. The exception is a peer that does not read its
// answers: it gains nothing by sending more.
static void note_whole(struct connection *connection) {
    stage_set(connection, &connection->is_proven, true);
    if (connection->waits_for != WATCH_SENDING) {
        stage_restart_deadline(connection, WATCH_BUSY);
    }
}

// Hands the service the bytes that came. What is left is the beginning of another message, whose time begins
// now.
static void deliver(struct connection *connection) {
    const struct handler *handler = connection->all->handler;
    struct input *in = &connection->in;
    connection->is_delivering = true;
    while (may_deliver(connection)) {
        size_t length = in->end - in->start;
        size_t consumed = handler->received(connection, in->bytes + in->start, length);
        input_consumed(in, consumed);
        if (consumed > 0 && connection->stage != STAGE_CLOSED) {
            note_whole(connection);
        }
        if (consumed == 0) {
            assert(length <= handler->input_bytes_max || connection->is_paused ||
                   connection->stage != STAGE_OPEN);
            break;
        }
    }
    connection->is_delivering = false;
    if (!stage_is_running(connection)) {
        input_drop(in);
    }
    input_trim(in, &connection->all->spares);
    holding_count(connection);
}

// One read can bring both the end of TLS and messages that the service does not take yet. (It has paused, or
// its answers wait to leave.) The service is told of the end after those messages.
static void tell_end(struct connection *connection) {
    const struct input *in = &connection->in;
    bool has_more = in->start < in->end && (connection->is_paused || connection->is_held_back) &&
                    stage_is_running(connection);
    if (transport_state(&connection->transport) == TRANSPORT_ENDED && !connection->peer_ended && !has_more) {
        ending_peer_ended(connection);
    }
}

// From the transport --------------------------------------------------------------------------------------

// The handshake has made progress. False when it has finished and the peer is not allowed in.
static bool shook_hands(struct connection *connection, uint64_t spent_ns) {
    struct connections *all = connection->all;
    const struct tls_session *session = transport_session(&connection->transport);
    handshakes_spend(&all->handshakes, &connection->handshake, spent_ns, tls_session_was_resumed(session));
    if (!transport_is_open(&connection->transport)) {
        return true;
    }
    handshakes_leave(&all->handshakes, &connection->handshake);
    if (!recheck_one(connection)) { // a reload happened during the handshake
        return false;
    }
    stage_change(connection, STAGE_OPEN);
    all->handler->identified(connection);
    return true;
}

// Bytes came for the transport. False when the peer is not, or is no longer, allowed in.
static bool accept_bytes(struct connection *connection, size_t length) {
    struct connections *all = connection->all;
    struct transport *transport = &connection->transport;
    bool is_secure = transport_is_secure(transport);
    const uint8_t *bytes = is_secure ? all->encrypted : connection->in.bytes + connection->in.end;
    uint64_t spent_ns;
    if (connection->stage == STAGE_OPEN && !recheck_one(connection)) {
        return false;
    }
    transport_came(transport, bytes, length, &spent_ns);
    return connection->stage == STAGE_OPEN || shook_hands(connection, spent_ns);
}

// Moves the plain bytes into the input. False when there is no memory for them.
static bool take_in(struct connection *connection) {
    struct input *in = &connection->in;
    bool all = false;
    while (!all) {
        size_t count;
        if (in->end == in->capacity && !have_input_room(connection)) {
            return false;
        }
        all = transport_read(&connection->transport, in->bytes + in->end, in->capacity - in->end, &count);
        input_came(in, count);
    }
    return true;
}

// Bytes that passed the transport before it failed still go to the service; and the peer may be told the
// reason. What is thrown away here will never arrive, whatever the kernel says of the rest.
static void fail(struct connection *connection) {
    arrival_give_up(connection);
    output_free(&connection->queued); // those bytes cannot pass any longer
    connection_finish(connection);
}

// A client without certificates would only see that it is disconnected, again and again.
static void tell_needs_tls(struct connection *connection) {
    const struct handler *handler = connection->all->handler;
    if (stage_is_running(connection) && handler->needs_tls != NULL &&
        !output_refer(&connection->writer.out, handler->needs_tls, handler->needs_tls_bytes)) {
        connection_abort(connection);
    }
}

void reading_came(struct connection *connection, size_t length) {
    struct transport *transport = &connection->transport;
    if (!stage_is_running(connection)) {
        return; // nobody wants the bytes
    }
    stage_touch(connection);
    if (!accept_bytes(connection, length)) {
        fail(connection);
        return;
    }
    bool taken = take_in(connection);
    struct tls_session *session = transport_session(transport);
    if (transport_state(transport) == TRANSPORT_FAILED) {
        ending_refuse(connection, tls_session_failure(session), tls_session_reason(session));
        if (tls_session_failure(session) == TLS_NOT_TLS) {
            tell_needs_tls(connection);
        }
    } else if (!taken && connection->stage == STAGE_HANDSHAKE) {
        ending_for_memory(connection);
    } else if (!taken && stage_is_running(connection)) {
        ending_note(connection, CLOSE_NO_MEMORY);
    }
    deliver(connection);
    if (!taken || transport_state(transport) == TRANSPORT_FAILED) {
        fail(connection);
    } else {
        tell_end(connection);
    }
}

// When ----------------------------------------------------------------------------------------------------

bool reading_is_wanted(const struct connection *connection) {
    bool takes = (connection->stage == STAGE_OPEN || connection->stage == STAGE_HANDSHAKE) &&
                 !connection->is_paused && !connection->all->is_quiet && !sending_is_full(connection);
    return !connection->peer_ended && (takes || stage_is_over(connection));
}

void reading_go_on(struct connection *connection) {
    if (connection->is_held_back && !connection->is_delivering && !connection->all->is_quiet &&
        !sending_is_full(connection)) {
        deliver(connection);
        tell_end(connection);
    }
}

void connection_pause(struct connection *connection) {
    stage_set(connection, &connection->is_paused, true);
}

void connection_resume(struct connection *connection) {
    if (!stage_is_running(connection) || !connection->is_paused) {
        return;
    }
    stage_set(connection, &connection->is_paused, false);
    if (!connection->is_delivering && !connection->all->is_quiet) {
        connection_hold(connection);
        deliver(connection);
        tell_end(connection);
        connection_release(connection);
    }
}

void reading_end(struct connections *all) {
    free(all->encrypted);
}
