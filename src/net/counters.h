// What the net counts.
#ifndef QUINIELA_NET_COUNTERS_H
#define QUINIELA_NET_COUNTERS_H

#include "base/counters.h"

#define NET_COUNTERS(LINE)                                                                                   \
    LINE(COUNTER, connections_accepted, "connections", "Connections that came, before any handshake")        \
    LINE(COUNTER, closed_message_timeout, "connections", "Connections closed in the middle of a message")    \
    LINE(COUNTER, closed_idle_timeout, "connections", "Connections closed as nothing came for too long")     \
    LINE(COUNTER, closed_send_timeout, "connections", "Connections closed as their answers were not read")   \
    LINE(COUNTER, closed_handshake_timeout, "connections",                                                   \
         "Connections closed in the middle of a handshake")                                                  \
    LINE(COUNTER, closed_handshakes, "connections", "Connections closed as their address began too many")    \
    LINE(COUNTER, closed_no_room, "connections", "Connections closed to make room for another")              \
    LINE(COUNTER, closed_no_memory, "connections", "Connections closed to free memory, or for want of it")   \
    LINE(COUNTER, refused_by_tls, "connections", "Connections refused by TLS, for any reason")

COUNTERS_DECLARE(net, NET_COUNTERS);

#endif
