// The listening sockets of one loop: they accept connections while there is room.
#ifndef QUINIELA_NET_LISTENER_H
#define QUINIELA_NET_LISTENER_H

#include "base/attributes.h"
#include "net/guard.h"
#include "net/ports.h"

#include <uv.h>

struct listener {
    uv_poll_t poll;
    int descriptor;
    int port_index;
    struct listeners *all; // NULL: it never began
};

struct listeners {
    struct listener each[NET_PORTS_MAX * PLACE_ADDRESSES_MAX]; // one for each port and address
    int count;
    struct connections *connections;
    struct guard *guard;
    const struct ports *ports;
};

// `listeners` is all zeros. Takes no socket yet.
void listeners_begin(struct listeners *listeners, struct connections *connections, struct guard *guard,
                     const struct ports *ports);

// Takes over a bound socket, even when it fails.
bool listeners_add(struct listeners *listeners, int port_index, int socket, struct error *error) MUST_CHECK;

// Listens, and accepts connections from now on.
bool listeners_start(struct listeners *listeners, int backlog, struct error *error) MUST_CHECK;

// Makes all listeners accept or pause, as the guard says.
void listeners_follow_guard(struct listeners *listeners);

// Closes the listener, unless it never began or is closed already. Returns whether it did.
bool listener_close(struct listener *listener);

#endif
