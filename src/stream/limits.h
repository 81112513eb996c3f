// The limit that both sides of a connection share.
#ifndef QUINIELA_STREAM_LIMITS_H
#define QUINIELA_STREAM_LIMITS_H

enum {
    WRITE_BYTES_MAX = 8064, // no single write to a socket carries more (docs/protocol.md)
};

#endif
