// Who a connection's peer is: its address, what its certificate says, and what it claims to be (the functions
// are in net/connection.h).
#ifndef QUINIELA_NET_IDENTITY_H
#define QUINIELA_NET_IDENTITY_H

#include "net/connection_parts.h"

#include <sys/socket.h>

// An address as one of IPv6; those of IPv4 are mapped (RFC 4291, section 2.5.5.2).
struct in6_addr identity_mapped(const struct sockaddr *address);

#endif
