// Who can reach a listening address: this machine, a private network, or everybody.
#ifndef QUINIELA_NET_EXPOSURE_H
#define QUINIELA_NET_EXPOSURE_H

#include "net/place.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

enum exposure { EXPOSURE_LOOPBACK, EXPOSURE_PRIVATE, EXPOSURE_PUBLIC };

// Of one address. Private is what the registries of special-purpose addresses (RFC 6890, as IANA keeps them)
// call not globally reachable.
enum exposure exposure_of(const struct sockaddr *address);

// Of all the addresses of a place to listen at. The widest, as text in `text`; public where this machine's
// addresses would have to be read and cannot be.
enum exposure exposure_listening(const struct place *place, char *text, size_t room);

// The same, of a socket that is bound.
enum exposure exposure_bound(int socket, char *text, size_t room);

#endif
