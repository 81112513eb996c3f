// The server's side of the network: as many libuv loops as requested, each with its own thread, and with its
// own listeners on every address and port. The kernel spreads the connections over them (SO_REUSEPORT);
// sockets that were handed over are shared, and the quickest loop accepts.
//
//   net_open → net_start (→ net_drain) → net_quiet → net_close
#ifndef QUINIELA_NET_NET_H
#define QUINIELA_NET_NET_H

#include "base/error.h"
#include "net/handler.h"
#include "net/place.h"
#include "net/ports.h"
#include "tls/context.h"

#include <stdint.h>

struct net_options {
    struct place place; // the addresses to bind; every address if it is still a name
    int port_count;
    uint16_t ports[NET_PORTS_MAX]; // 0: any free one
    int sockets[NET_PORTS_MAX];    // handed over, already bound for the port; 0 or -1: none
    int backlog;                   // length of the kernel's queue of connections not yet accepted
    int loops;
    // Timeouts, 0: forever. Of a message from its first byte to its last; of a connection's silence while it
    // is owed no answer; of WRITE_BYTES_MAX bytes until the peer has read them; and of each of the peer's
    // turns in a TLS handshake.
    uint64_t message_timeout_ms, idle_timeout_ms, send_timeout_ms, handshake_timeout_ms;
    struct tls_context *tls;    // a server's context: connections are encrypted. NULL: plain
    uint32_t connections_max;   // of all loops together; 0: as many as the file descriptors allow
    uint32_t descriptors_apart; // which others of this process may take; connections leave them free
    size_t memory_max;          // bytes held for all connections together (memory.h); 0: MEMORY_DEFAULT
};

struct net;

// Binds every port and creates the loops, which do not run yet. Until they do, a peer that connects is
// refused, or waits if a socket was handed over that already listens. The net takes over those sockets, even
// when this fails. The handler and its context must outlive the net. On success the caller owns *net.
// ERROR_SYSTEM, with address and port, when a port cannot be bound. A port on which another process listens
// is refused, even if that process would share it.
bool net_open(const struct net_options *options, const struct handler *handler, void *context,
              struct net **net, struct error *error) MUST_CHECK;

// The port that was bound for options.ports[index], and the addresses as text: "10.0.0.5,127.0.0.1" or "*".
uint16_t net_port(const struct net *net, int index);
const char *net_address(const struct net *net);

// Listens, and starts the threads. The net must be closed even when this fails. ERROR_SYSTEM, also when
// another process has begun to listen on one of the ports since they were bound.
bool net_start(struct net *net, struct error *error) MUST_CHECK;

// Replaces the TLS context for new connections. Open connections stay if a handshake with the new one would
// let them in. The others are closed, and nothing more is read from them or sent to them. The net holds the
// context. Any thread may call this once the net is started.
void net_set_tls(struct net *net, struct tls_context *tls);

// Accepts no more connections, and has those that are open end as soon as nothing is under way on them
// (handler.draining). Returns at once. Any thread may call this once the net is started.
void net_drain(struct net *net);

// How many connections there are.
size_t net_connections(const struct net *net);

// Accepts no more connections, and reads nothing more from open ones. Data for them still leaves. Returns at
// once.
void net_quiet(struct net *net);

// Ends every connection (queued bytes get a moment to leave), joins the threads, frees the net and nulls the
// caller's pointer.
void net_close(struct net **net);

#endif
