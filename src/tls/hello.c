#include "tls/hello.h"

enum {
    RECORD_HANDSHAKE = 22, // RFC 8446, section 5.1
    RECORD_HEADER_BYTES = 5,
    CLIENT_HELLO = 1, // section 4
    MESSAGE_HEADER_BYTES = 4,
    VERSION_AND_RANDOM_BYTES = 34, // section 4.1.2
    PRE_SHARED_KEY = 41,           // section 4.2
};

struct cursor {
    const uint8_t *at;
    size_t left;
};

static bool skip(struct cursor *cursor, size_t count) {
    if (cursor->left < count) {
        return false;
    }
    cursor->at += count;
    cursor->left -= count;
    return true;
}

// A number of one or two bytes, in network byte order.
static bool number(struct cursor *cursor, int bytes, size_t *value) {
    *value = 0;
    for (int i = 0; i < bytes; i++) {
        if (cursor->left == 0) {
            return false;
        }
        *value = *value << 8 | *cursor->at;
        (void)skip(cursor, 1);
    }
    return true;
}

// Skips a vector: its length, a number of that many bytes, and its content.
static bool skip_vector(struct cursor *cursor, int length_bytes) {
    size_t length;
    return number(cursor, length_bytes, &length) && skip(cursor, length);
}

bool tls_hello_resumes(const uint8_t *bytes, size_t length) {
    struct cursor cursor = {bytes, length};
    size_t extensions, kind;
    if (length < RECORD_HEADER_BYTES + 1 || bytes[0] != RECORD_HANDSHAKE ||
        bytes[RECORD_HEADER_BYTES] != CLIENT_HELLO) {
        return false;
    }
    bool good = skip(&cursor, RECORD_HEADER_BYTES + MESSAGE_HEADER_BYTES) &&
                skip(&cursor, VERSION_AND_RANDOM_BYTES) && skip_vector(&cursor, 1) && // session id
                skip_vector(&cursor, 2) &&                                            // cipher suites
                skip_vector(&cursor, 1) &&                                            // compression methods
                number(&cursor, 2, &extensions);
    while (good && number(&cursor, 2, &kind)) {
        if (kind == PRE_SHARED_KEY) {
            return true;
        }
        good = skip_vector(&cursor, 2);
    }
    return false;
}
