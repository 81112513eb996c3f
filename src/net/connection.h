// One accepted TCP connection, as its service sees it: it is read while the service has room, writes no more
// than WRITE_BYTES_MAX at once, and keeps no buffer while nothing is on its way. The functions are those of
// several files of net/ (connection_parts.h). All of them are for the thread of the connection's loop.
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

// Which of the ports given to net_open it came by: 0 for the first.
int connection_port_index(const struct connection *connection);

// The peer's identity, which its certificate has after the identity prefix of net_options.tls. NULL on a
// plain connection; "" before handler.identified.
const char *connection_identity(const struct connection *connection);

struct connection_certificate {
    const char *serial; // in hexadecimal digits; "" when there is none
    bool resumed;       // from an earlier TLS session
};

// The peer's certificate, from handler.identified on.
void connection_certificate(const struct connection *connection, struct connection_certificate *certificate);

// Says who the peer claims to be, as a number of the service's (not 0); with TLS the peer has proved it. When
// there is no room, whoever has most connections loses one (net/peers.h). A peer with a certificate may have
// CONNECTIONS_PROVEN_MAX of them.
void connection_claim(struct connection *connection, uint32_t claim);

// The peer's address as a number: equal for addresses that count as one peer (net/peers.h).
uint64_t connection_source(const struct connection *connection);

// Queues a copy of the bytes. They leave at the end of the loop's present callback, together with whatever
// else is queued by then. Does nothing once the connection is finishing.
void connection_send(struct connection *connection, const uint8_t *bytes, size_t length);

// The same without a copy: the bytes must not change until the connection's memory is gone.
void connection_send_lasting(struct connection *connection, const uint8_t *bytes, size_t length);

// Has handler.arrived called once the peer's system has acknowledged all that was sent so far, and what is
// sent until then. Asking again before that changes nothing.
void connection_await_arrival(struct connection *connection);

// Counts memory that the service holds on this connection's account towards net_options.memory_max, and no
// longer. Also for a connection that is closed and held.
void connection_charge(struct connection *connection, size_t bytes);
void connection_refund(struct connection *connection, size_t bytes);

// Stops handing bytes to the service, and reading them from the end of the present callback on, until
// connection_resume.
void connection_pause(struct connection *connection);
void connection_resume(struct connection *connection);

// Ends the connection once everything queued has left: the peer reads all of it, then the end.
void connection_finish(struct connection *connection);

// Ends the connection now.
void connection_abort(struct connection *connection);

// Whether `closed` has not been called yet.
bool connection_is_open(const struct connection *connection);

// Keeps the connection's memory, though not the connection, until connection_release was called as often.
void connection_hold(struct connection *connection);
void connection_release(struct connection *connection);

enum { CONNECTION_ADDRESS_BYTES = 64 };

// Writes the peer's numeric address, without its port; also of a connection that is closed.
void connection_peer(const struct connection *connection, char text[CONNECTION_ADDRESS_BYTES]);

#endif
