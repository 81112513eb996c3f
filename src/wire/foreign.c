#include "wire/foreign.h"

#include <stdbool.h>
#include <string.h>

enum { // RFC 8446, section 5.1
    RECORD_FIRST = 20,
    RECORD_HANDSHAKE = 22,
    RECORD_LAST = 23,
    VERSION_MAJOR = 3,
    VERSION_MINOR_MAX = 4,
};

static bool is_http(const uint8_t *bytes, size_t length) {
    static const char *const beginnings[] = {"GET ", "HEAD", "POST", "PUT ", "OPTI", "CONN", "HTTP"};
    for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++) {
        if (length >= 4 && memcmp(bytes, beginnings[i], 4) == 0) {
            return true;
        }
    }
    return false;
}

enum foreign foreign_look(const uint8_t *bytes, size_t length) {
    if (length >= 3 && bytes[0] >= RECORD_FIRST && bytes[0] <= RECORD_LAST && bytes[1] == VERSION_MAJOR &&
        bytes[2] <= VERSION_MINOR_MAX) {
        return bytes[0] == RECORD_HANDSHAKE ? FOREIGN_TLS_HELLO : FOREIGN_TLS;
    }
    return is_http(bytes, length) ? FOREIGN_HTTP : FOREIGN_UNKNOWN;
}
