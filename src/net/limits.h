// The caps of loops, listeners and connections.
#ifndef QUINIELA_NET_LIMITS_H
#define QUINIELA_NET_LIMITS_H

enum {
    DRAIN_GRACE_MS = 1000, // in which a peer's next message may come, while the server drains
    LOOPS_MAX = 256,
    LISTEN_BACKLOG_MIN = 128,     // what the kernel is asked for at least
    LOOKUP_MS_MAX = 5000,         // to resolve the name to listen at
    CONNECTIONS_PROVEN_MAX = 128, // of the agency named by one certificate
    READ_BUFFER_BYTES = 128 * 1024,
    MEMORY_DEFAULT = 256 * 1024 * 1024, // held for all connections together
    MEMORY_LOOP_MIN = 4 * 1024 * 1024,  // of that, for each loop
    DESCRIPTORS_KEPT = 32,              // not used for connections, but for the store and the log
    DESCRIPTORS_KEPT_LOOP = 8,          // the same, for each loop
};

#endif
