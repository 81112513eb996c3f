#include "bench/secure.h"

#include "tls/session.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ENCRYPTED_BYTES = 16 * 1024 };

struct secure {
    int descriptor;
    struct tls_session *session;
    uint8_t *out; // encrypted, to be written
    size_t out_length, out_capacity;
    uint8_t in[ENCRYPTED_BYTES];
};

static bool sink(void *context, const uint8_t *bytes, size_t length) {
    struct secure *secure = context;
    if (secure->out_capacity - secure->out_length < length) {
        size_t capacity = (secure->out_length + length) * 2;
        uint8_t *larger = realloc(secure->out, capacity);
        if (larger == NULL) {
            return false;
        }
        secure->out = larger;
        secure->out_capacity = capacity;
    }
    memcpy(secure->out + secure->out_length, bytes, length);
    secure->out_length += length;
    return true;
}

static bool write_out(struct secure *secure) {
    size_t sent = 0;
    while (sent < secure->out_length) {
        ssize_t written = write(secure->descriptor, secure->out + sent, secure->out_length - sent);
        if (written < 0) {
            return false;
        }
        sent += (size_t)written;
    }
    secure->out_length = 0;
    return true;
}

static bool shake_hands(struct secure *secure) {
    uint8_t nothing[1];
    tls_session_start(secure->session);
    while (write_out(secure) && !tls_session_is_open(secure->session)) {
        ssize_t length = read(secure->descriptor, secure->in, sizeof secure->in);
        if (length <= 0) {
            return false;
        }
        tls_session_feed(secure->session, secure->in, (size_t)length);
        if (tls_session_read(secure->session, nothing, 0) < 0) {
            return false;
        }
    }
    return tls_session_is_open(secure->session);
}

bool secure_begin(int descriptor, struct tls_context *context, struct secure **result, struct error *error) {
    struct secure *secure = *result = calloc(1, sizeof *secure);
    if (secure == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for TLS");
    }
    secure->descriptor = descriptor;
    secure->session = tls_session_new(context, "localhost", sink, secure);
    if (secure->session == NULL || !shake_hands(secure)) {
        error_set(error, ERROR_NETWORK, "TLS: %s",
                  secure->session == NULL ? "no memory" : tls_session_reason(secure->session));
        secure_end(secure);
        *result = NULL;
        return false;
    }
    return true;
}

void secure_end(struct secure *secure) {
    if (secure != NULL) {
        tls_session_free(&secure->session);
        free(secure->out);
        free(secure);
    }
}

bool secure_encrypt(struct secure *secure, struct iovec parts[3], struct error *error) {
    secure->out_length = 0;
    for (int i = 0; i < 3; i++) {
        if (!tls_session_write(secure->session, parts[i].iov_base, parts[i].iov_len)) {
            return error_set(error, ERROR_NETWORK, "TLS: %s", tls_session_reason(secure->session));
        }
        parts[i] = (struct iovec){0};
    }
    parts[0] = (struct iovec){secure->out, secure->out_length};
    return true;
}

ssize_t secure_read(struct secure *secure, uint8_t *bytes, size_t room) {
    for (;;) {
        ssize_t length = tls_session_read(secure->session, bytes, room);
        if (length != 0) {
            return length > 0 ? length : 0;
        }
        length = read(secure->descriptor, secure->in, sizeof secure->in);
        if (length <= 0) {
            return length;
        }
        tls_session_feed(secure->session, secure->in, (size_t)length);
    }
}
