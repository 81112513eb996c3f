// The sockets of all ports and addresses. All are bound before the program gives up any privilege.
//
// Several of our listeners share a port, so a second server could share it with us. An exclusive bind finds
// out whether any socket already listens there. That bind is kept. A process that has bound the port and does
// not listen yet is found only by ports_check_only_ones, in the process that listens second.
#ifndef QUINIELA_NET_PORTS_H
#define QUINIELA_NET_PORTS_H

#include "base/attributes.h"
#include "base/error.h"
#include "net/place.h"

#include <stdint.h>

enum { NET_PORTS_MAX = 2, PORTS_ADDRESS_BYTES = 256 };

struct ports {
    struct place place;
    char address[PORTS_ADDRESS_BYTES]; // the place, or the address of a socket that was handed over, as text
    int count;
    uint16_t numbers[NET_PORTS_MAX];
    int given[NET_PORTS_MAX]; // sockets that were handed over, or -1
    // Bound until the net listens; -1 after that, and where a socket was handed over.
    int exclusive[NET_PORTS_MAX][PLACE_ADDRESSES_MAX];
};

// The ports to open: `numbers` as net_options.ports, `sockets` as net_options.sockets.
void ports_begin(struct ports *ports, const struct place *place, int count,
                 const uint16_t numbers[NET_PORTS_MAX], const int sockets[NET_PORTS_MAX]);

// Holds each port, so that no other process can get it, and fills in the numbers of free ones. Release what
// it holds with ports_release, even when it fails.
bool ports_hold(struct ports *ports, struct error *error) MUST_CHECK;

// How many sockets each loop has for a port: one for each address, or one for all of them.
int ports_address_count(const struct ports *ports, int port);

// A loop's own socket for a port and address, which the caller closes. A socket that was handed over is
// duplicated, and shares its queue with the duplicates. -1 on failure.
int ports_socket(struct ports *ports, int port, int address, struct error *error);

// Whether no other socket listens on the held ports, which are released if so.
bool ports_check_only_ones(struct ports *ports, struct error *error) MUST_CHECK;

// Closes what is held, and what was handed over.
void ports_release(struct ports *ports);

#endif
