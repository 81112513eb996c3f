// The internals of a connection, for the files that implement it. Each knows only those above it:
//
//   holding   its memory: what is counted, and until when it is kept
//   identity  who its peer is
//   stage     its state and what follows from that: the deadline
//   arrival   whether what was sent has arrived
//   ending    from the last words to the close
//   recheck   whether its peer is still good after a reload
//   sending   bytes out
//   reading   bytes in
//   socket    its beginning, and libuv's callbacks
#ifndef QUINIELA_NET_CONNECTION_PARTS_H
#define QUINIELA_NET_CONNECTION_PARTS_H

#include "net/connections_parts.h"
#include "stream/transport.h"
#include "stream/writer.h"

#include <netinet/in.h>
#include <stddef.h>

// A connection's state: what is done with its bytes, and what it may wait for (watch.h). stage.h lists the
// moves.
enum connection_stage {
    STAGE_HANDSHAKE, // none of the service's bytes pass yet: WATCH_HANDSHAKE
    STAGE_TURN,      // the same, but not read until its turn: WATCH_TURN
    STAGE_OPEN,      // both ways: WATCH_SILENT, _OPENING, _IDLE, _MESSAGE, _SENDING or _BUSY, by its facts
    STAGE_FINISHING, // what is queued leaves, followed by our end: WATCH_SENDING, _BUSY
    STAGE_ARRIVING,  // everything but our end has left, and must arrive first: WATCH_SENDING
    STAGE_LINGERING, // our end has left; incoming bytes are thrown away: WATCH_LINGER, _SENDING
    STAGE_CLOSED     // in no list
};

// Its place among the connections with bytes on their way.
struct arrival {
    struct connection *previous, *next;
    int unacknowledged; // bytes, at the last check
    bool is_awaited;
};

struct connection {
    uv_tcp_t socket;
    struct connections *all;
    struct transport transport;
    struct handshake handshake;
    struct input in;
    struct output queued;   // what the service has sent, for the transport
    struct writer writer;   // what the transport has made of that, for the socket
    struct watch_link link; // in a list of all->watch, until it is closed
    struct arrival arrival;
    struct connection *next_changed;
    struct in6_addr peer;     // as accepted: a socket that was reset no longer has one
    struct peer_place *place; // where it is counted, until it is closed
    size_t counted;           // bytes counted in all->memory
    size_t charged;           // bytes charged by the service
    unsigned holds;
    uint8_t stage;     // enum connection_stage; changed by stage_change alone
    uint8_t waits_for; // enum watch_kind: follows from the rest
    uint8_t port_index;
    bool has_changed;   // it is in all->changes
    bool is_reading;    // libuv is reading
    bool is_delivering; // the service is handling its bytes now
    bool is_draining;   // the service knows that the server drains
    // Facts, changed only by stage_set.
    bool is_paused;      // the service wants no bytes now
    bool is_held_back;   // bytes for the service wait until the output has left
    bool is_proven;      // it has sent a whole message
    bool peer_ended;     // the peer sends nothing more
    max_align_t state[]; // the service's
};

#endif
