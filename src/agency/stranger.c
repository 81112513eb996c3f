#include "agency/stranger.h"

#include "wire/foreign.h"

const char *stranger_say(const uint8_t *bytes, size_t length) {
    switch (foreign_look(bytes, length)) {
    case FOREIGN_TLS:
    case FOREIGN_TLS_HELLO:
        return "the other side speaks TLS, and this agency was given no certificates (--tls-cert, --tls-key, "
               "--tls-ca)";
    case FOREIGN_HTTP:
        return "the other side speaks HTTP: it is no central";
    default:
        return "the central's message is too long";
    }
}
