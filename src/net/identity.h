// A connection's peer: its address, what its certificate says, and what it claims to be (the functions are in
// net/connection.h).
#ifndef QUINIELA_NET_IDENTITY_H
#define QUINIELA_NET_IDENTITY_H

#include "net/connection_parts.h"

#include <sys/socket.h>

// The address as an IPv6 address; IPv4 addresses are mapped (RFC 4291, section 2.5.5.2).
struct in6_addr identity_mapped(const struct sockaddr *address);

#endif
