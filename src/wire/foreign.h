// Bytes of other protocols, recognised by how they begin: whoever sees them is told what they are.
#ifndef QUINIELA_WIRE_FOREIGN_H
#define QUINIELA_WIRE_FOREIGN_H

#include <stddef.h>
#include <stdint.h>

enum foreign {
    FOREIGN_UNKNOWN,
    FOREIGN_TLS_HELLO, // a client that begins TLS
    FOREIGN_TLS,       // another record of TLS, such as a server's alert
    FOREIGN_HTTP,
};

// What begins like this, where a frame should begin. None of these can be a frame: its length would be over
// any limit.
enum foreign foreign_look(const uint8_t *bytes, size_t length);

#endif
