// Who can reach an address that a server listens on: this machine, a private network, or everybody.
#ifndef QUINIELA_NET_EXPOSURE_H
#define QUINIELA_NET_EXPOSURE_H

#include "net/place.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

// Private means: not globally reachable according to IANA's registries of special-purpose addresses (RFC
// 6890).
enum exposure { EXPOSURE_LOOPBACK, EXPOSURE_PRIVATE, EXPOSURE_PUBLIC };

// The widest exposure of a place's addresses, with that address as text in `text`. Public when it depends on
// this machine's addresses and they cannot be read.
enum exposure exposure_listening(const struct place *place, char *text, size_t room);

// The same for a bound socket.
enum exposure exposure_bound(int socket, char *text, size_t room);

#endif
