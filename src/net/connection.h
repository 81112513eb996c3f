// One accepted TCP connection, as its service sees it. It is read while the service has room, writes no more
// than WRITE_BYTES_MAX at once, and keeps no buffer while idle. Several files of net/ implement these
// functions (connection_parts.h). Call them only on the thread of the connection's loop.
#ifndef QUINIELA_NET_CONNECTION_H
#define QUINIELA_NET_CONNECTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct connection;
struct loop;

// The service's own memory for this connection (handler.connection_bytes).
void *connection_state(struct connection *connection);

// The loop that the connection lives on.
struct loop *connection_loop(struct connection *connection);

// The index of its port among those given to net_open: 0 for the first.
int connection_port_index(const struct connection *connection);

// The peer's identity: the one in its certificate, without the identity prefix of net_options.tls. NULL on a
// plain connection; "" before handler.identified.
const char *connection_identity(const struct connection *connection);

struct connection_certificate {
    const char *serial; // in hexadecimal digits; "" when there is none
    bool resumed;       // from an earlier TLS session
};

// The peer's certificate, available from handler.identified on.
void connection_certificate(const struct connection *connection, struct connection_certificate *certificate);

// Records which identity the peer claims, as one of the service's own numbers (not 0); with TLS the peer has
// proved it. When there is no room, the peer with the most connections loses one (net/peers.h). A peer with a
// certificate may have CONNECTIONS_PROVEN_MAX connections; another of them may be closed before this returns.
void connection_claim(struct connection *connection, uint32_t claim);

// The peer's address as a number: equal for addresses that count as one peer (net/peers.h).
uint64_t connection_source(const struct connection *connection);

// Queues a copy of the bytes. They leave at the end of the loop's current callback, together with everything
// else queued by then. Does nothing once the connection is finishing.
void connection_send(struct connection *connection, const uint8_t *bytes, size_t length);

// The same without a copy: the bytes must not change until the connection's memory is freed.
void connection_send_lasting(struct connection *connection, const uint8_t *bytes, size_t length);

// Has handler.arrived called once the peer's system has acknowledged everything sent so far, and anything
// sent until then. Calling it again before that has no effect. Does nothing once the connection is
// finishing: what is sent then does not leave.
void connection_await_arrival(struct connection *connection);

// Counts memory that the service holds for this connection towards net_options.memory_max; connection_refund
// undoes that. Both also work on a connection that is closed and held.
void connection_charge(struct connection *connection, size_t bytes);
void connection_refund(struct connection *connection, size_t bytes);

// Stops handing bytes to the service, and from the end of the current callback on also stops reading them,
// until connection_resume. That hands over what has come before it returns: it calls `received`, and `ended`
// if that was held back. (Called within this connection's own `received`, it leaves that to whoever called
// `received`.)
void connection_pause(struct connection *connection);
void connection_resume(struct connection *connection);

// Ends the connection once everything queued has left: the peer can read all of it, and then sees the end.
void connection_finish(struct connection *connection);

// Ends the connection now.
void connection_abort(struct connection *connection);

// Whether `closed` has not been called yet.
bool connection_is_open(const struct connection *connection);

// Keeps the connection's memory, though not the connection, until connection_release has been called as many
// times.
void connection_hold(struct connection *connection);
void connection_release(struct connection *connection);

enum { CONNECTION_ADDRESS_BYTES = 64 };

// Writes the peer's numeric address, without its port; works on a closed connection, too.
void connection_peer(const struct connection *connection, char text[CONNECTION_ADDRESS_BYTES]);

#endif
