#include "net/sending.h"

#include "net/ending.h"
#include "net/holding.h"
#include "net/recheck.h"
#include "net/stage.h"

enum {
    UNSENT_BYTES_MAX = 16 * 1024, // with more than this waiting to leave, nothing more is taken in
};

bool sending_is_full(const struct connection *connection) {
    return connection->writer.out.unsent + connection->queued.unsent > UNSENT_BYTES_MAX;
}

// Queueing ------------------------------------------------------------------------------------------------

static void queued(struct connection *connection, bool added) {
    if (added) {
        holding_count(connection);
        stage_touch(connection);
    } else {
        ending_for_memory(connection);
    }
}

void connection_send(struct connection *connection, const uint8_t *bytes, size_t length) {
    if (stage_is_running(connection)) {
        queued(connection, output_copy(&connection->queued, bytes, length));
    }
}

void connection_send_lasting(struct connection *connection, const uint8_t *bytes, size_t length) {
    if (stage_is_running(connection)) {
        queued(connection, output_refer(&connection->queued, bytes, length));
    }
}

// Leaving -------------------------------------------------------------------------------------------------

// The end of TLS is a message of its own. Where arrival is awaited, it is sent only after all earlier bytes
// have arrived. Otherwise a peer could read what it came for and close without reading the end; that resets
// the connection, and we could not tell what had arrived.
static bool may_say_end(const struct connection *connection) {
    return connection->stage == STAGE_FINISHING && !transport_is_finished(&connection->transport) &&
           !(transport_is_secure(&connection->transport) && connection->arrival.is_awaited);
}

// Lets the transport continue if the socket's queue is empty. False when nothing more can pass.
static bool fill(struct connection *connection) {
    struct transport *transport = &connection->transport;
    if (connection->writer.out.unsent == 0 && connection->queued.unsent > 0 &&
        !(recheck_one(connection) && transport_fill(transport, &connection->queued))) {
        return false;
    }
    if (connection->writer.out.unsent == 0 && may_say_end(connection)) {
        transport_say_end(transport);
    }
    return true;
}

// False when the socket has failed.
static bool write_slice(struct connection *connection) {
    int failure;
    enum writer_result result = writer_write(&connection->writer, &failure);
    if (result == WRITER_WAITS) {
        stage_restart_deadline(connection, WATCH_SENDING); // each slice gets the full time
    }
    return result != WRITER_FAILED;
}

void sending_flush(struct connection *connection) {
    bool is_sending = true;
    while (is_sending && !writer_is_waiting(&connection->writer)) {
        bool can_pass = fill(connection);
        is_sending = can_pass && connection->writer.out.unsent > 0;
        if (!can_pass || (is_sending && !write_slice(connection))) {
            connection_abort(connection);
            return;
        }
    }
    holding_count(connection);
    if (!writer_is_waiting(&connection->writer) && connection->stage == STAGE_FINISHING) {
        ending_all_sent(connection);
    }
}

void sending_left(struct connection *connection, int status) {
    if (connection->stage == STAGE_CLOSED) {
        writer_give_up(&connection->writer);
        holding_count(connection);
    } else if (status != 0) {
        connection_abort(connection);
    } else {
        stage_touch(connection);
    }
}
