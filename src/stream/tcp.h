// What both sides ask of TCP: no waiting for more to send, and how soon a peer that has vanished is noticed.
#ifndef QUINIELA_STREAM_TCP_H
#define QUINIELA_STREAM_TCP_H

#include <stdbool.h>

// 0 (or false) leaves the system's default.
struct tcp_options {
    bool nodelay;          // a short message leaves at once
    int keepalive_seconds; // of silence before the peer is probed (tcp(7): TCP_KEEPIDLE)
    int probe_seconds;     // between two probes
    int probes;            // so many unanswered probes end the connection
    int unacknowledged_ms; // and so does data that is not acknowledged for so long, also the first packet
};

// Sets them on a TCP socket. What cannot be set is left: a dead connection is then found later.
void tcp_set_options(int descriptor, const struct tcp_options *options);

#endif
