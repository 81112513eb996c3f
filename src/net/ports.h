// The sockets of all ports and addresses, bound before anything is given up.
//
// Several listeners of ours share a port, and so a second server could share it with us. An exclusive bind
// finds out whether anybody listens there already. It is kept: somebody who binds the port and does not
// listen yet is only seen in the end, by whoever listens second.
#ifndef QUINIELA_NET_PORTS_H
#define QUINIELA_NET_PORTS_H

#include "base/attributes.h"
#include "base/error.h"
#include "net/place.h"

#include <stdint.h>

enum { NET_PORTS_MAX = 2, PORTS_ADDRESS_BYTES = 256 };

struct ports {
    struct place place;
    char address[PORTS_ADDRESS_BYTES]; // the place, or a socket that was handed over, as text
    int count;
    uint16_t numbers[NET_PORTS_MAX];
    int given[NET_PORTS_MAX]; // sockets that were handed over, or -1
    // Bound until the net listens, where none was handed over; else -1.
    int exclusive[NET_PORTS_MAX][PLACE_ADDRESSES_MAX];
};

// What is wanted: `numbers` as net_options.ports, `sockets` as net_options.sockets.
void ports_begin(struct ports *ports, const struct place *place, int count,
                 const uint16_t numbers[NET_PORTS_MAX], const int sockets[NET_PORTS_MAX]);

// Holds each port, so that nobody else can have it, and sets the numbers of free ones. What it holds is to be
// released with ports_release, also when it fails.
bool ports_hold(struct ports *ports, struct error *error) MUST_CHECK;

// How many sockets each loop has for a port: one for each address, or one for all of them.
int ports_address_count(const struct ports *ports, int port);

// A loop's own socket for a port and address, which the caller closes: one that was handed over is
// duplicated, and shares its queue with the others. -1 when it cannot be had.
int ports_socket(struct ports *ports, int port, int address, struct error *error);

// Whether nobody else listens on what is held; it is held no longer then.
bool ports_check_only_ones(struct ports *ports, struct error *error) MUST_CHECK;

// Closes what is held, and what was handed over.
void ports_release(struct ports *ports);

#endif
