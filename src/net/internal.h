// What the files of net/ share and nobody else sees.
#ifndef QUINIELA_NET_INTERNAL_H
#define QUINIELA_NET_INTERNAL_H

#include "net/connection.h"
#include "net/handler.h"
#include "net/net.h"
#include "net/peers.h"
#include "net/transport.h"
#include "net/turns.h"
#include "net/watch.h"
#include "tls/session.h"

#include <stdatomic.h>
#include <uv.h>

enum { NET_ADDRESS_BYTES = 256 };

struct output;

struct listener {
    uv_poll_t poll;
    int descriptor;
    struct loop *loop;
    int port_index;
};

// Why a connection was closed on the other side's account.
enum close_reason {
    CLOSE_MESSAGE_TIMEOUT,
    CLOSE_IDLE_TIMEOUT,
    CLOSE_SEND_TIMEOUT,
    CLOSE_HANDSHAKE_TIMEOUT,
    CLOSE_HANDSHAKES, // too many of one address are not over
    CLOSE_NO_ROOM,    // another one came, and there was no room
    CLOSE_NO_MEMORY,  // too much is held for the connections
    CLOSE_REASONS
};

// What a loop lacks that has somebody to accept: a place among as many as may be, or something of the
// system's.
enum wants_room { WANTS_NOTHING, WANTS_PLACE, WANTS_DESCRIPTOR };

// What has been closed for one reason and is not logged yet: a flood does not flood the log.
struct close_note {
    unsigned count;
    uint64_t quiet_until_ms;
    char peer[CONNECTION_ADDRESS_BYTES]; // of the last one
    char text[128];                      // what it came to grief with, or ""
};

struct loop {
    uv_loop_t uv;
    uv_thread_t thread;
    uv_async_t wake;
    uv_timer_t reaper; // has guard_sweep run, while there is something for it
    uint64_t swept_ms; // when it did last
    struct net *net;
    int index;
    bool started;
    atomic_bool quiet_asked, close_asked;
    atomic_int wants_room; // an enum wants_room: of the other loops, one is to close a connection for it
    bool quiet, closing, reaping;
    struct listener listeners[NET_PORTS_MAX * PLACE_ADDRESSES_MAX]; // one for each port and address
    int listener_count;
    struct watch watch; // all connections that are not closed yet, by what they wait for
    struct close_note notes[CLOSE_REASONS];
    struct close_note refused[TLS_FAILURES];
    struct tls_context *judged_by; // all connections of the loop; held
    struct turns turns;            // of its handshakes
    uv_timer_t turns_timer;        // has who waits take its turn, while somebody does
    uv_timer_t later;              // loop_wake_after
    uint8_t *encrypted;            // where bytes of TLS connections are read into, made when it is needed
    bool accepting; // else there was no room: the listeners rest until the next sweep, or until another
                    // loop has made room
    uint64_t full_quiet_until_ms;
    size_t connection_count;                     // with those whose closing is not over
    atomic_size_t held;                          // for them (memory.c)
    atomic_bool relief_asked;                    // too much is held on all loops, and here enough to matter
    struct connection *dirty;                    // those with bytes to send
    struct connection *awaiting, *last_awaiting; // those of which it is watched whether what was sent arrives
    void *spare_buffers;                         // read buffers that nobody uses; counted as held
    int spare_buffer_count;
    void *state; // the service's
};

struct net {
    const struct handler *handler;
    void *context;
    struct place place;
    char address[NET_ADDRESS_BYTES]; // the place, or a socket that was handed over, as text
    int port_count;
    uint16_t ports[NET_PORTS_MAX];
    int given[NET_PORTS_MAX]; // sockets that were handed over, or -1
    // Bound, as long as the net does not listen, where none was; else -1.
    int exclusive[NET_PORTS_MAX][PLACE_ADDRESSES_MAX];
    int backlog;
    size_t connections_max;
    atomic_size_t connections; // of all loops, that are not closed yet
    atomic_size_t held;        // on all loops, for their connections
    size_t memory_max;
    _Atomic uint64_t trimmed_ms; // when the heap was given back last, by the loops' clock
    pthread_mutex_t tls_mutex;
    _Atomic(struct tls_context *) tls; // who may connect, and stay; NULL: plain
    struct peers *peers;               // who has how many connections
    int loop_count;
    struct loop *loops;
};

// ports.c: begins the net's part of the ports, and holds each of them, so that nobody else can have it; what
// it holds is to be released with ports_release, also when it fails.
bool ports_hold(struct net *net, const struct net_options *options, struct error *error);

// ports.c: gives the loop its own listener for each port and address.
bool ports_add_listeners(struct loop *loop, struct error *error);

// ports.c: whether nobody else listens on what is held; it is held no longer then.
bool ports_check_only_ones(struct net *net, struct error *error);

// ports.c: closes what is held, and what was handed over.
void ports_release(struct net *net);

// listener.c: a bound, not yet listening socket for `address` (NULL: every address) and *port, which is set
// to what was bound; `exclusive` asks that nobody else listens there. -1 with `error` and errno set when it
// cannot be had.
int listener_bind(const struct sockaddr_storage *address, uint16_t *port, bool exclusive,
                  struct error *error);

// listener.c: the address, with its port, that `socket` is bound to.
bool listener_look(int socket, struct sockaddr_storage *address, struct error *error);

// listener.c: whether nobody else listens on the port of `socket`, which was bound as exclusive and is to be
// closed then. It listens for a moment.
bool listener_is_only_one(int socket, uint16_t port, struct error *error);

// listener.c: takes over the bound `socket`.
bool listener_add(struct listener *listener, struct loop *loop, int port_index, int socket,
                  struct error *error);

// listener.c: listens, and accepts connections from now on.
bool listener_start(struct listener *listener, struct error *error);

// listener.c: has all of the loop's listeners rest, or accept again.
void listener_pause_all(struct loop *loop);
void listener_resume_all(struct loop *loop);

// listener.c: closes the listener, unless it never began or is closed already. Returns whether it did.
bool listener_close(struct listener *listener);

// connection.c: makes a connection of a socket that was accepted from `peer`; it takes over the socket.
void connection_accept(struct loop *loop, int port_index, int descriptor, const struct sockaddr *peer);

// connection.c: the connection that a link of loop->watch belongs to.
struct connection *connection_of(struct watch_link *link);

// connection.c: where it is counted.
const struct peer_place *connection_place(const struct connection *connection);

// connection.c: room for bytes that the service is to have, *length of them, and how many of them came. NULL
// when there is no memory.
uint8_t *connection_input_room(struct connection *connection, size_t *length);
void connection_input_added(struct connection *connection, size_t length);

// sending.c: what the service has sent and the transport has not taken yet, and what is on its way to the
// socket.
struct output *connection_queued(struct connection *connection);
struct output *connection_output(struct connection *connection);

// sending.c: queues a copy of bytes for the socket. False when there is no memory.
bool connection_output_add(struct connection *connection, const uint8_t *bytes, size_t length);

// connection.c: what the transport keeps for the connection.
void *connection_transport_state(const struct connection *connection);

// taking_turns.c: is read no more until connection_take_turn, which reads at once what there is.
void connection_wait_turn(struct connection *connection);
void connection_take_turn(struct connection *connection);

// taking_turns.c: looks at the first bytes that have come and were not read. Returns how many there are, 0
// also when it cannot be told.
size_t connection_peek(struct connection *connection, uint8_t *bytes, size_t room);

enum { CONNECTION_ADDRESS_RAW_BYTES = 16 };

// peer_address.c: the address of the other side as one of IPv6, those of IPv4 mapped.
void connection_peer_bytes(const struct connection *connection,
                           uint8_t address[CONNECTION_ADDRESS_RAW_BYTES]);

// connection.c: whether the transport's handshake is over.
bool connection_transport_is_open(const struct connection *connection);

// connection.c: ends the connection now; what it has not read yet is thrown away, also by the kernel.
void connection_reset(struct connection *connection);

// sending.c: sends what was queued on the loop's connections.
void connection_flush_all(struct loop *loop);

// connection.c: stops reading / finishes / ends every connection of the loop.
void connection_quiet_all(struct loop *loop);
void connection_finish_all(struct loop *loop);
void connection_abort_all(struct loop *loop);

// guard.c: the beginning of a loop's watch.
void guard_init(struct loop *loop, const struct net_options *options);

// guard.c: closes what is due, and logs what was closed. Returns whether it has to run again later.
bool guard_sweep(struct loop *loop, uint64_t elapsed_ms);

// guard.c: logs what was closed and is not logged yet; `all` does so even when that reason was just logged.
void guard_report(struct loop *loop, bool all);

// Whether as many connections are here as may be.
static inline bool net_is_full(const struct net *net) {
    return atomic_load(&net->connections) >= net->connections_max;
}

// guard.c: closes a connection, so that another one has room: of whoever has most the one that would be
// missed least, when there are as many as may be. Returns false when this loop has none such, and there is
// still no room.
bool guard_make_room(struct loop *loop, enum wants_room wanted);

// guard.c: where other loops ask for room, makes it, if it is still wanted and can be made here: one
// connection is closed for each of them, on whichever loop that is.
void guard_give_room(struct loop *loop);

// guard.c: has the loop accept again, if another one has made the room it asked for.
void guard_take_room(struct loop *loop);

// guard.c: closes another connection of the same proven peer, when it has too many.
void guard_limit_peer(struct connection *connection);

// guard.c: closes a connection for that reason, and logs it, if not at once.
void guard_close(struct connection *connection, enum close_reason reason);

// memory.c: counts memory that the loop keeps for its connections, and that belongs to none of them; less of
// it wraps around.
void memory_add(struct loop *loop, size_t change);

// memory.c: sees to it that there is room for so many bytes more within net->memory_max; closes connections
// of this loop for it, and asks other loops to. Returns false when there is none but by closing `asking`
// (NULL: nobody's).
bool memory_make(struct loop *loop, const struct connection *asking, size_t bytes);

// memory.c: the same where more is held than may be.
void memory_bound(struct loop *loop);

// memory.c: the same where another loop has asked for it.
void memory_relieve_if_asked(struct loop *loop);

// memory.c: whether less should be kept, if that costs nothing but time.
bool memory_is_short(const struct loop *loop);

// arrival.c: looks at the connections whose bytes are on their way. Returns whether there are any.
bool arrival_sweep(struct loop *loop);

// guard.c: closes a connection whose address has too many handshakes that are not over.
void guard_give_up_handshake(struct connection *connection);

// guard.c: notes, for the log, that a connection's TLS has failed, and tells the service.
void guard_note_refused(struct connection *connection, enum tls_failure failure, const char *reason);

// recheck.c: whether the other side of an open TLS connection is still good after the last reload. When not
// that is noted, and the caller closes the connection.
bool recheck_one(struct connection *connection);

// recheck.c: closes those of the loop's connections that are good no more. Returns whether it has to run
// again, as there are more than can be looked at at once.
bool recheck_all(struct loop *loop);

// loop.c: the context for a connection that comes now, to be released; NULL where it is plain.
struct tls_context *net_hold_tls(struct net *net);

// guard.c: the loop cannot accept. Logs that, now and then, and asks the other loops for room.
void guard_note_full(struct loop *loop, enum wants_room wanted, const char *reason);

// loop.c: lets the reaper run, as there is something to watch now.
void loop_start_reaper(struct loop *loop);

// loop.c: called when the last connection may be gone.
void loop_connection_gone(struct loop *loop);

#endif
