// Listening sockets: binding them, and the checks before they accept.
#ifndef QUINIELA_NET_BINDING_H
#define QUINIELA_NET_BINDING_H

#include "base/attributes.h"
#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

// A bound socket, not listening yet, for `address` (NULL: every address) and *port, which is set to the port
// that was bound. `exclusive`: no other socket may listen there. On failure -1, with `error` and errno set.
int binding_make(const struct sockaddr_storage *address, uint16_t *port, bool exclusive, struct error *error);

// The address, with its port, to which `socket` is bound.
bool binding_address(int socket, struct sockaddr_storage *address, struct error *error) MUST_CHECK;

// Whether no other socket listens on the port of `socket`, which was bound as exclusive. The check listens
// for a moment; close the socket after it.
bool binding_is_only_one(int socket, uint16_t port, struct error *error) MUST_CHECK;

#endif
