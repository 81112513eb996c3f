// The seam between a connection and its socket: plain, or TLS. The connection reads and writes the socket;
// what goes through it is the transport's. Services never know which it is.
#ifndef QUINIELA_NET_TRANSPORT_H
#define QUINIELA_NET_TRANSPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct connection;
struct tls_context;
struct tls_session;

enum transport_state {
    TRANSPORT_OPENING, // nothing of the service's can go through yet
    TRANSPORT_OPEN,
    TRANSPORT_ENDED, // the other side has said that nothing more follows
    TRANSPORT_FAILED
};

struct transport {
    // Where bytes from the socket go, *length of them at most; NULL when there is no memory, or the
    // connection has to wait for its turn (connection_wait_turn was called then).
    uint8_t *(*room)(struct connection *connection, size_t *length);
    // Puts into the connection's input what the bytes mean that came into the room.
    enum transport_state (*take)(struct connection *connection, size_t length);
    // Moves the next of what the service has sent (connection_queued) to the connection's output, which is
    // empty: as much as fits one write, or all, if that costs nothing. False when it cannot go.
    bool (*fill)(struct connection *connection);
    // The last thing to be put: tells the other side that nothing more follows.
    void (*end)(struct connection *connection);
    // Frees what the transport keeps for the connection.
    void (*gone)(struct connection *connection);
};

extern const struct transport transport_plain;

extern const struct transport transport_tls;

// Makes the state of a TLS connection that was accepted. NULL when there is no memory.
void *transport_tls_begin(struct connection *connection, struct tls_context *context);

// The TLS session of such a state.
struct tls_session *transport_tls_session(void *state);

#endif
