// What the connections of one loop share. Each part belongs to the file that it is named after, or that its
// comment names, and only that file changes it. The pointers and the index at the top belong to the loop,
// which embeds the whole.
#ifndef QUINIELA_NET_CONNECTIONS_PARTS_H
#define QUINIELA_NET_CONNECTIONS_PARTS_H

#include "net/capacity.h"
#include "net/closings.h"
#include "net/connection.h"
#include "net/handler.h"
#include "net/handshakes.h"
#include "net/input.h"
#include "net/memory.h"
#include "net/neighbours.h"
#include "net/peers.h"
#include "net/trust.h"
#include "net/watch.h"

#include <uv.h>

// What connections tell their loop, and ask of it.
struct connection_events {
    // A deadline has begun, or something is to be logged or checked again: sweeps are needed from now on.
    void (*needs_sweeps)(struct loop *loop);
    // Whether `bytes` more may be held for `asking`. Other connections may be closed for that.
    bool (*wants_memory)(struct loop *loop, const struct connection *asking, size_t bytes);
    // The service has claimed an identity for a peer that has proved one (connection_claim). Another
    // connection of that peer may be closed.
    void (*claimed)(struct loop *loop, const struct connection *connection);
    // A socket's callback is over: settle what has changed (connections_settle).
    void (*called_back)(struct loop *loop);
    // Everything that changed is settled. Connections may be closed so that less memory is held.
    void (*settled)(struct loop *loop);
    // A socket is closed: there is one connection less.
    void (*gone)(struct loop *loop);
};

// Connections with bytes on their way (arrival.c).
struct arrivals {
    struct connection *first, *last;
};

// Connections that have changed (stage.c).
struct changes {
    struct connection *first, *last;
};

struct connections {
    struct loop *loop; // how services and events know it
    uv_loop_t *uv;
    const struct handler *handler;
    const struct connection_events *events;

    // Shared by all loops:
    struct trust *trust;
    struct peers *peers;
    struct capacity *capacity;
    struct neighbours *neighbours;
    int index; // among the neighbours

    struct memory memory;
    struct spares spares;
    struct watch watch; // all connections that are not closed yet, by what they wait for
    struct closings closings;
    struct handshakes handshakes;
    struct arrivals arrivals;
    struct changes changes;
    uint8_t *encrypted; // reading.c: where bytes of TLS connections are read into, made when needed
    struct tls_context *judged_by; // recheck.c: all of them; held
    size_t count;                  // socket.c, ending.c: with those whose closing is not over
    bool is_quiet;                 // connections.c: reading has stopped for good
};

#endif
