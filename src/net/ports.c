#include "net/ports.h"

#include "net/binding.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { FREE_PORT_TRIES = 32 };

int ports_address_count(const struct ports *ports, int port) {
    return ports->given[port] >= 0 || ports->place.count == 0 ? 1 : (int)ports->place.count;
}

// The address to pass to binding_make.
static const struct sockaddr_storage *bind_address(const struct ports *ports, int index) {
    return ports->place.count == 0 ? NULL : &ports->place.addresses[index];
}

int ports_socket(struct ports *ports, int port, int address, struct error *error) {
    if (ports->given[port] < 0) {
        return binding_make(bind_address(ports, address), &ports->numbers[port], false, error);
    }
    int socket = fcntl(ports->given[port], F_DUPFD_CLOEXEC, 0);
    if (socket < 0) {
        error_set_system(error, errno, "cannot listen on port %u", ports->numbers[port]);
    }
    return socket;
}

static void close_held(int *socket) {
    if (*socket >= 0) {
        close(*socket);
    }
    *socket = -1;
}

static void close_exclusive(struct ports *ports, int port) {
    for (int i = 0; i < PLACE_ADDRESSES_MAX; i++) {
        close_held(&ports->exclusive[port][i]);
    }
}

static bool hold_port(struct ports *ports, int port, struct error *error) {
    for (int i = 0; i < ports_address_count(ports, port); i++) {
        ports->exclusive[port][i] = binding_make(bind_address(ports, i), &ports->numbers[port], true, error);
        if (ports->exclusive[port][i] < 0) {
            return false;
        }
    }
    return true;
}

// A port that is free on the first address may be taken on the next one: then another port is tried.
static bool hold_free_port(struct ports *ports, int port, struct error *error) {
    for (int tries = 0; tries < FREE_PORT_TRIES; tries++) {
        ports->numbers[port] = 0;
        if (hold_port(ports, port, error)) {
            return true;
        }
        int failure = errno;
        close_exclusive(ports, port);
        if (failure != EADDRINUSE) {
            return false;
        }
    }
    return false;
}

static bool look_at_given(struct ports *ports, int port, struct error *error) {
    struct sockaddr_storage address;
    if (!binding_address(ports->given[port], &address, error)) {
        return false;
    }
    ports->numbers[port] = (uint16_t)place_port(&address);
    snprintf(ports->address, sizeof ports->address, "*");
    if (!place_is_unspecified(&address)) {
        place_show_address(&address, ports->address);
    }
    return true;
}

void ports_begin(struct ports *ports, const struct place *place, int count,
                 const uint16_t numbers[NET_PORTS_MAX], const int sockets[NET_PORTS_MAX]) {
    ports->place = *place;
    ports->count = count;
    memcpy(ports->numbers, numbers, sizeof ports->numbers);
    place_show(&ports->place, ports->address, sizeof ports->address);
    for (int port = 0; port < NET_PORTS_MAX; port++) {
        ports->given[port] = sockets[port] > 0 ? sockets[port] : -1;
        for (int i = 0; i < PLACE_ADDRESSES_MAX; i++) {
            ports->exclusive[port][i] = -1;
        }
    }
}

bool ports_hold(struct ports *ports, struct error *error) {
    for (int port = 0; port < ports->count; port++) {
        bool held = ports->given[port] >= 0     ? look_at_given(ports, port, error)
                    : ports->numbers[port] == 0 ? hold_free_port(ports, port, error)
                                                : hold_port(ports, port, error);
        if (!held) {
            return false;
        }
    }
    return true;
}

bool ports_check_only_ones(struct ports *ports, struct error *error) {
    for (int port = 0; port < ports->count; port++) {
        for (int i = 0; i < PLACE_ADDRESSES_MAX; i++) {
            int held = ports->exclusive[port][i];
            if (held >= 0 && !binding_is_only_one(held, ports->numbers[port], error)) {
                return false;
            }
        }
        close_exclusive(ports, port);
    }
    return true;
}

void ports_release(struct ports *ports) {
    for (int port = 0; port < NET_PORTS_MAX; port++) {
        close_exclusive(ports, port);
        close_held(&ports->given[port]);
    }
}
