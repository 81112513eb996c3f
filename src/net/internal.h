// What the files of net/ share and nobody else sees.
#ifndef QUINIELA_NET_INTERNAL_H
#define QUINIELA_NET_INTERNAL_H

#include "base/limits.h"
#include "net/connection.h"
#include "net/handler.h"
#include "net/net.h"

#include <stdatomic.h>
#include <uv.h>

struct listener {
    uv_tcp_t socket;
    struct loop *loop;
    int port_index;
};

struct loop {
    uv_loop_t uv;
    uv_thread_t thread;
    uv_async_t wake;
    uv_timer_t reaper; // closes what lingers too long; runs only while something does
    struct net *net;
    int index;
    bool started;
    atomic_bool quiet_asked, close_asked;
    bool quiet, closing, reaping;
    struct listener listeners[NET_PORTS_MAX];
    struct connection *connections; // all that are not closed yet
    size_t connection_count;
    struct connection *dirty; // those with bytes to send
    void *spare_buffers;      // read buffers that nobody uses
    int spare_buffer_count;
    void *state; // the service's
};

struct net {
    const struct handler *handler;
    void *context;
    char address[64];
    int port_count;
    uint16_t ports[NET_PORTS_MAX];
    int backlog;
    int loop_count;
    struct loop *loops;
};

// listener.c: a bound, not yet listening socket for `address` (NULL: every address) and *port, which is set
// to what was bound; `exclusive` asks that nobody else listens there. -1 with `error` set when it cannot be
// had.
int listener_bind(const char *address, uint16_t *port, bool exclusive, struct error *error);

// listener.c: takes over `socket` and accepts connections on it from now on.
bool listener_start(struct listener *listener, struct loop *loop, int port_index, int socket,
                    struct error *error);

// connection.c: takes the connection that waits at the listener.
void connection_accept(struct loop *loop, struct listener *listener);

// connection.c: sends what was queued on the loop's connections.
void connection_flush_all(struct loop *loop);

// connection.c: stops reading / finishes / ends every connection of the loop.
void connection_quiet_all(struct loop *loop);
void connection_finish_all(struct loop *loop);
void connection_abort_all(struct loop *loop);

// connection.c: ends the connections that have lingered too long. Returns whether others still linger.
bool connection_reap(struct loop *loop, uint64_t now_ms);

// loop.c: lets the reaper run, as something lingers now.
void loop_start_reaper(struct loop *loop);

// loop.c: called when the last connection may be gone.
void loop_connection_gone(struct loop *loop);

#endif
