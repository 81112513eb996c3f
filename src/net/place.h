// Where a server listens: SERVER_IP parsed, and which of a name's addresses are this machine's.
#ifndef QUINIELA_NET_PLACE_H
#define QUINIELA_NET_PLACE_H

#include "base/attributes.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

enum {
    PLACE_ADDRESSES_MAX = 32,
    PLACE_TEXT_BYTES = 64, // of one address: INET6_ADDRSTRLEN and a zone
};

enum place_kind {
    PLACE_EVERYWHERE, // every address that the machine has now or gets later
    PLACE_ADDRESSES,
    PLACE_NAME, // still to be looked up
};

struct place {
    enum place_kind kind;
    size_t count; // of PLACE_ADDRESSES; else 0
    struct sockaddr_storage addresses[PLACE_ADDRESSES_MAX];
};

// Parses `text`: nothing (NULL or ""), a numeric address, or a name. An address is IPv4 or IPv6 (RFC 4291,
// with a zone of RFC 4007 if it is link-local). A name has letters, digits, `-`, `_` and dots (RFC 1123,
// section 2.1, and the `_` of containers). Fails with ERROR_BAD_SETTING, quoting the text, for anything else,
// and for a name that looks like a mistyped address: several labels of which the first or the last is all
// digits, or a number that inet_aton(3) would accept.
bool place_parse(const char *text, struct place *place, struct error *error) MUST_CHECK;

// Fills `place` with those of a name's addresses that are this machine's, followed by loopback, for health
// checks. If none is this machine's, `place` is every address, since in Kubernetes and Swarm a name may have
// a virtual address; also if the machine's addresses cannot be read. ERROR_BAD_SETTING when there are too
// many.
bool place_take_own(struct place *place, const struct sockaddr_storage *found, size_t count,
                    struct error *error) MUST_CHECK;

// Writes an address as text, with its zone where it has one.
void place_show_address(const struct sockaddr_storage *address, char text[PLACE_TEXT_BYTES]);

// Writes all of them, separated by commas; "*" for every address. Text that does not fit is left out.
void place_show(const struct place *place, char *text, size_t room);

// The size of the struct sockaddr for the address's family, as bind(2) wants it.
socklen_t place_address_bytes(const struct sockaddr_storage *address);

// The address's port, in host byte order.
unsigned place_port(const struct sockaddr_storage *address);
void place_set_port(struct sockaddr_storage *address, unsigned port);

// Whether the address stands for every one of its family: 0.0.0.0 or ::.
bool place_is_unspecified(const struct sockaddr_storage *address);

#endif
