// The insides of a connection, for the files that it is made of: connection.c (from its beginning to its end,
// and reading), sending.c (writing), arrival.c (what the other side has got), memory.c (what it holds),
// taking_turns.c (waiting to shake hands) and peer_address.c (whose it is).
#ifndef QUINIELA_NET_CONNECTION_PARTS_H
#define QUINIELA_NET_CONNECTION_PARTS_H

#include "net/input.h"
#include "net/internal.h"
#include "stream/output.h"

#include <netinet/in.h>
#include <stddef.h>

enum connection_phase { CONNECTION_OPEN, CONNECTION_FINISHING, CONNECTION_LINGERING, CONNECTION_CLOSED };

struct connection {
    uv_tcp_t socket;
    const struct transport *transport;
    void *transport_state;
    uint8_t transport_is; // enum transport_state
    struct loop *loop;
    struct watch_link link; // in a list of loop->watch, until it is closed
    struct connection *next_dirty;
    struct in6_addr peer;     // as it was accepted: a socket that was reset has none any more
    struct peer_place *place; // where it is counted, until it is closed
    struct input in;
    struct output queued;                                 // what the service has sent, for the transport
    struct output out;                                    // what the transport has made of it, for the socket
    size_t counted;                                       // of loop->held
    size_t charged;                                       // by the service
    struct connection *previous_awaiting, *next_awaiting; // in loop->awaiting, while awaits_arrival
    int unacknowledged;                                   // bytes, when that was last looked at
    unsigned holds;
    uint8_t phase;
    uint8_t port_index;
    uint8_t waits_for; // which list (enum watch_kind)
    bool proven;       // has said something whole
    bool reading, paused, peer_ended, writing, dirty, delivering, resets, waits_turn;
    bool held_back;      // has input that waits for the output to leave
    bool said_end;       // the transport has put its last word, or has none; our end follows
    bool awaits_arrival; // of what was sent
    max_align_t state[]; // the service's
};

// connection.c: called when anything has changed: reads or does not, and has the right deadline.
void connection_settle(struct connection *connection);

// connection.c: lets what it waits for have its whole time from now on.
void connection_watch_anew(struct connection *connection, enum watch_kind kind);

// connection.c: goes on with the input that was held back, when enough of the output has left.
void connection_go_on(struct connection *connection);

// connection.c: everything has left: our end is sent too.
void connection_linger(struct connection *connection);

// sending.c: has the connection flushed when the callback that runs now has returned.
void sending_soon(struct connection *connection);

// sending.c: whether so much is on its way out that nothing more is to be taken in.
bool sending_is_full(const struct connection *connection);

// sending.c: gives up what will not leave any more.
void sending_give_up(struct connection *connection);

// arrival.c: looks whether all that was sent has arrived, and tells the service. True when it has not yet but
// may still: that is waited for.
bool arrival_is_awaited(struct connection *connection);

// arrival.c: looks a last time, before the socket is closed.
void arrival_end(struct connection *connection);

// memory.c: brings what is counted of the connection's memory up to date.
void memory_count(struct connection *connection);

// connection.c: bytes that were read into the transport's room, or UV_EOF, or why there are none.
void connection_came(struct connection *connection, ssize_t length);

// peer_address.c: an address of IPv4 as one of IPv6 (RFC 4291, section 2.5.5.2).
struct in6_addr peer_address_mapped(const struct sockaddr *address);

#endif
