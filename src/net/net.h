// The server's side of the network: as many libuv loops as asked for, a thread each, and each with its own
// listeners on every address and port (SO_REUSEPORT: the kernel spreads the connections over them; sockets
// that were handed over are shared, and whichever loop is quicker accepts).
//
//   net_open → net_start → net_quiet → net_close
#ifndef QUINIELA_NET_NET_H
#define QUINIELA_NET_NET_H

#include "base/error.h"
#include "net/handler.h"
#include "net/place.h"
#include "net/ports.h"
#include "tls/context.h"

#include <stdint.h>

struct net_options {
    struct place place; // the addresses to bind; one that still is a name means every address
    int port_count;
    uint16_t ports[NET_PORTS_MAX]; // 0 takes a free one
    int sockets[NET_PORTS_MAX];    // bound for the port already, by somebody else; 0 or -1: it is to be bound
    int backlog;                   // the kernel's queue of connections not yet accepted
    int loops;
    // How long a message may take from its first byte to its last, a connection may say nothing while it
    // waits for nothing, and WRITE_BYTES_MAX bytes may take to be read by the other side. 0: for ever.
    uint64_t message_timeout_ms, idle_timeout_ms, send_timeout_ms;
    uint64_t handshake_timeout_ms; // and how long each turn of the other side may take in a TLS handshake
    struct tls_context *tls;       // of a server: connections are encrypted. NULL: they are not
    uint32_t connections_max;      // of all loops together; 0: as many as there are file descriptors for
    size_t memory_max;             // bytes held for all connections together (memory.c); 0: MEMORY_DEFAULT
};

struct net;

// Binds every port and makes the loops, which do not run yet; until they do, who connects is refused.
// (Sockets that were handed over may listen already: then he waits.) The net takes over those sockets, also
// when this fails. The handler and its context must outlive the net. On success the caller owns *net.
// ERROR_SYSTEM, naming address and port, when a port cannot be had: a port that another process listens on is
// refused, also when that process would share it.
bool net_open(const struct net_options *options, const struct handler *handler, void *context,
              struct net **net, struct error *error) MUST_CHECK;

// The port that was really bound for options.ports[index], and the addresses as text: "10.0.0.5,127.0.0.1",
// "*".
uint16_t net_port(const struct net *net, int index);
const char *net_address(const struct net *net);

// Listens, and starts the threads. When it fails the net must still be closed. ERROR_SYSTEM, too, when
// another process has begun to listen on one of the ports since they were bound.
bool net_start(struct net *net, struct error *error) MUST_CHECK;

// New connections use this context from now on, in place of the one before. Those that are there stay, if a
// handshake with it would let them in: no more is heard from the others, and nothing more is sent to them,
// and they are closed. The net holds it. For any thread, once the net is started.
void net_set_tls(struct net *net, struct tls_context *tls);

// No new connections, no more bytes read from the existing ones. What they are sent still leaves. Returns at
// once.
void net_quiet(struct net *net);

// Ends every connection (what is queued gets a moment to leave), joins the threads, frees the net and nulls
// the caller's pointer.
void net_close(struct net **net);

#endif
