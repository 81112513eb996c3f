// The one cap that both sides of a connection share. Every other one stands in the limits.h of its own
// folder.
#ifndef QUINIELA_BASE_LIMITS_H
#define QUINIELA_BASE_LIMITS_H

enum {
    WRITE_BYTES_MAX = 8064, // no single write to a socket carries more (docs/protocol.md)
};

#endif
