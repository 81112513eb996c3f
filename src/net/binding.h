// Sockets that listen: binding one, and what is asked of it before it accepts.
#ifndef QUINIELA_NET_BINDING_H
#define QUINIELA_NET_BINDING_H

#include "base/attributes.h"
#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

// A bound, not yet listening socket for `address` (NULL: every address) and *port, which is set to what was
// bound; `exclusive` asks that nobody else listens there. -1 with `error` and errno set when it cannot be
// had.
int binding_make(const struct sockaddr_storage *address, uint16_t *port, bool exclusive, struct error *error);

// The address, with its port, that `socket` is bound to.
bool binding_address(int socket, struct sockaddr_storage *address, struct error *error) MUST_CHECK;

// Whether nobody else listens on the port of `socket`, which was bound as exclusive and is to be closed then.
// It listens for a moment.
bool binding_is_only_one(int socket, uint16_t port, struct error *error) MUST_CHECK;

#endif
