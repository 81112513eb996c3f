// What both sides ask of TCP: not to wait for more to send, and to notice soon that a peer has vanished.
#ifndef QUINIELA_STREAM_TCP_H
#define QUINIELA_STREAM_TCP_H

#include <stdbool.h>

// 0 (or false) leaves the system's default.
struct tcp_options {
    bool nodelay;          // a short message leaves immediately
    int keepalive_seconds; // of silence before the peer is probed (tcp(7): TCP_KEEPIDLE)
    int probe_seconds;     // between two probes
    int probes;            // after this many unanswered probes the connection ends
    int unacknowledged_ms; // and also if data, the first packet included, stays unacknowledged for that long
};

// How long the first packet to the central may stay unanswered, and TLS's handshake may take. The kernel's
// own two minutes last long after the network is repaired.
enum { CONNECT_MS_MAX = 8000 };

// Of a connection to the central. A silent one is probed, and counts as gone when it has not answered for
// its `unacknowledged_ms`. Two lost probes do not end a connection that waits for the draw. The number of
// probes follows from TCP_USER_TIMEOUT, which the kernel prefers to a probe count. That limit must not be
// shorter: a central that does not read because its disk is slow looks the same.
extern const struct tcp_options tcp_to_central;

// Sets them on a TCP socket. An option that cannot be set is skipped: a dead connection is then found later.
void tcp_set_options(int descriptor, const struct tcp_options *options);

#endif
