// One accepted TCP connection: reads while its service has room, writes no more than WRITE_BYTES_MAX at once,
// keeps no buffer while nothing is on its way.
#ifndef QUINIELA_NET_CONNECTION_H
#define QUINIELA_NET_CONNECTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct connection;
struct loop;

// The service's own memory for this connection (handler.connection_bytes).
void *connection_state(struct connection *connection);

// The loop that the connection lives on. Everything here is for that loop's thread only.
struct loop *connection_loop(struct connection *connection);

// Which of the ports given to net_open it came in by: 0 for the first.
int connection_port_index(const struct connection *connection);

// Who the other side is according to its certificate: what stands behind net_options.tls's identity prefix.
// NULL on a plain connection; "" before handler.identified.
const char *connection_identity(const struct connection *connection);

struct connection_certificate {
    const char *serial; // in hexadecimal digits, "" where there is none
    bool resumed;       // an earlier TLS session was gone on with
};

// The certificate of the other side, from handler.identified on.
void connection_certificate(const struct connection *connection, struct connection_certificate *certificate);

// Says who the other side claims to be, as a number of the service's (not 0): in the handler's `identified`
// it has proved it. When there is no room, whoever has most connections loses one (net/peers.h), and who
// proved who it is may have CONNECTIONS_PROVEN_MAX only.
void connection_claim(struct connection *connection, uint32_t claim);

// The other side's address as a number: equal for connections that come from one place (net/peers.h).
uint64_t connection_source(const struct connection *connection);

// Queues a copy of the bytes. They leave when the callback that runs now has returned, together with what
// else was queued. Does nothing once the connection is finishing.
void connection_send(struct connection *connection, const uint8_t *bytes, size_t length);

// The same without a copy: the bytes have to stay as they are until the connection's memory is gone.
void connection_send_lasting(struct connection *connection, const uint8_t *bytes, size_t length);

// Has handler.arrived called once the other side's system has acknowledged all that was sent so far, and what
// is sent until then. Asking again before changes nothing.
void connection_await_arrival(struct connection *connection);

// Counts memory that the service holds on this connection's account, until it is taken back, towards
// net_options.memory_max. Also for a connection that is closed and held.
void connection_charge(struct connection *connection, size_t bytes);
void connection_refund(struct connection *connection, size_t bytes);

// Stops handing bytes to the service, and soon reading them, until connection_resume.
void connection_pause(struct connection *connection);
void connection_resume(struct connection *connection);

// Ends the connection once everything queued has left: the other side reads it all, then the end.
void connection_finish(struct connection *connection);

// Ends the connection now.
void connection_abort(struct connection *connection);

// Whether `closed` has not been called yet.
bool connection_is_open(const struct connection *connection);

// Keeps the connection's memory, though not the connection, until as many calls of connection_release.
void connection_hold(struct connection *connection);
void connection_release(struct connection *connection);

enum { CONNECTION_ADDRESS_BYTES = 64 };

// Writes the numeric address of the other side, without its port; also of one that is gone.
void connection_peer(const struct connection *connection, char text[CONNECTION_ADDRESS_BYTES]);

#endif
