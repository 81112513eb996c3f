// The sockets of all ports and addresses, bound before anything is given up.
//
// Several listeners of ours share a port, and so a second server could share it with us. An exclusive bind
// finds out whether anybody listens there already. It is kept: who binds the port and does not listen yet is
// only seen in the end, by whoever listens second.
#include "net/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { FREE_PORT_TRIES = 32 };

// How many sockets each loop has for a port: one for each address, and one for all of them.
static int address_count(const struct net *net, int port) {
    return net->given[port] >= 0 || net->place.count == 0 ? 1 : (int)net->place.count;
}

// What listener_bind takes for the net's address.
static const struct sockaddr_storage *bind_address(const struct net *net, int index) {
    return net->place.count == 0 ? NULL : &net->place.addresses[index];
}

// A loop's own socket: of those that were handed over a duplicate, which shares its queue with the others.
static int bind_port(struct net *net, int port, int address, struct error *error) {
    if (net->given[port] < 0) {
        return listener_bind(bind_address(net, address), &net->ports[port], false, error);
    }
    int socket = fcntl(net->given[port], F_DUPFD_CLOEXEC, 0);
    if (socket < 0) {
        error_set_system(error, errno, "cannot listen on port %u", net->ports[port]);
    }
    return socket;
}

static void close_held(int *socket) {
    if (*socket >= 0) {
        close(*socket);
    }
    *socket = -1;
}

static void close_exclusive(struct net *net, int port) {
    for (int i = 0; i < PLACE_ADDRESSES_MAX; i++) {
        close_held(&net->exclusive[port][i]);
    }
}

static bool hold_port(struct net *net, int port, struct error *error) {
    for (int i = 0; i < address_count(net, port); i++) {
        net->exclusive[port][i] = listener_bind(bind_address(net, i), &net->ports[port], true, error);
        if (net->exclusive[port][i] < 0) {
            return false;
        }
    }
    return true;
}

// A port that is free at the first address may not be so at the next one: then another one is chosen.
static bool hold_free_port(struct net *net, int port, struct error *error) {
    for (int tries = 0; tries < FREE_PORT_TRIES; tries++) {
        net->ports[port] = 0;
        if (hold_port(net, port, error)) {
            return true;
        }
        int failure = errno;
        close_exclusive(net, port);
        if (failure != EADDRINUSE) {
            return false;
        }
    }
    return false;
}

static bool look_at_given(struct net *net, int port, struct error *error) {
    struct sockaddr_storage address;
    if (!listener_look(net->given[port], &address, error)) {
        return false;
    }
    net->ports[port] = (uint16_t)place_port(&address);
    snprintf(net->address, sizeof net->address, "*");
    if (!place_is_unspecified(&address)) {
        place_show_address(&address, net->address);
    }
    return true;
}

// Takes what is wanted over from the options.
static void begin(struct net *net, const struct net_options *options) {
    net->place = options->place;
    net->port_count = options->port_count;
    memcpy(net->ports, options->ports, sizeof net->ports);
    place_show(&net->place, net->address, sizeof net->address);
    for (int port = 0; port < NET_PORTS_MAX; port++) {
        net->given[port] = options->sockets[port] > 0 ? options->sockets[port] : -1;
        for (int i = 0; i < PLACE_ADDRESSES_MAX; i++) {
            net->exclusive[port][i] = -1;
        }
    }
}

bool ports_hold(struct net *net, const struct net_options *options, struct error *error) {
    begin(net, options);
    for (int port = 0; port < net->port_count; port++) {
        bool held = net->given[port] >= 0   ? look_at_given(net, port, error)
                    : net->ports[port] == 0 ? hold_free_port(net, port, error)
                                            : hold_port(net, port, error);
        if (!held) {
            return false;
        }
    }
    return true;
}

bool ports_check_only_ones(struct net *net, struct error *error) {
    for (int port = 0; port < net->port_count; port++) {
        for (int i = 0; i < PLACE_ADDRESSES_MAX; i++) {
            int held = net->exclusive[port][i];
            if (held >= 0 && !listener_is_only_one(held, net->ports[port], error)) {
                return false;
            }
        }
        close_exclusive(net, port);
    }
    return true;
}

bool ports_add_listeners(struct loop *loop, struct error *error) {
    for (int port = 0; port < loop->net->port_count; port++) {
        for (int address = 0; address < address_count(loop->net, port); address++) {
            int socket = bind_port(loop->net, port, address, error);
            if (socket < 0 ||
                !listener_add(&loop->listeners[loop->listener_count], loop, port, socket, error)) {
                return false;
            }
            loop->listener_count++;
        }
    }
    return true;
}

void ports_release(struct net *net) {
    for (int port = 0; port < NET_PORTS_MAX; port++) {
        close_exclusive(net, port);
        close_held(&net->given[port]);
    }
}
