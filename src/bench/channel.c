#include "bench/channel.h"

#include "stream/limits.h"
#include "tls/session.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

enum { ENCRYPTED_BYTES = 16 * 1024 };

// Opening -------------------------------------------------------------------------------------------------

static bool fail_by_tls(const struct channel *channel, struct error *error) {
    const char *reason = tls_session_reason(transport_session(&channel->transport));
    return error_set(error, ERROR_NETWORK, "TLS: %s",
                     reason[0] != '\0' ? reason : "the central closed the connection");
}

static bool shake_hands(struct channel *channel, struct error *error) {
    transport_start(&channel->transport);
    while (channel_write(channel, error)) {
        if (transport_state(&channel->transport) != TRANSPORT_OPENING) {
            return transport_is_open(&channel->transport) || fail_by_tls(channel, error);
        }
        ssize_t length = read(channel->descriptor, channel->encrypted, ENCRYPTED_BYTES);
        if (length <= 0) {
            return fail_by_tls(channel, error);
        }
        transport_came(&channel->transport, channel->encrypted, (size_t)length, NULL);
        channel->has_more = true;
    }
    return false;
}

bool channel_open(struct channel *channel, int descriptor, struct tls_context *tls, struct error *error) {
    *channel = (struct channel){.descriptor = descriptor};
    if (tls == NULL) {
        transport_begin_plain(&channel->transport, &channel->out);
        return true;
    }
    channel->encrypted = malloc(ENCRYPTED_BYTES);
    if (channel->encrypted == NULL ||
        !transport_begin_tls(&channel->transport, tls, "localhost", &channel->out)) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for TLS");
    }
    return shake_hands(channel, error);
}

void channel_close(struct channel *channel) {
    struct error ignored; // it is closed all the same
    if (!channel_has_unsent(channel)) {
        transport_say_end(&channel->transport);
        bool written = channel_write(channel, &ignored);
        (void)written;
    }
    transport_free(&channel->transport);
    output_free(&channel->queued);
    output_free(&channel->out);
    free(channel->encrypted);
    close(channel->descriptor);
}

// Bytes out -----------------------------------------------------------------------------------------------

bool channel_queue(struct channel *channel, const void *bytes, size_t length, struct error *error) {
    return output_refer(&channel->queued, bytes, length) ||
           error_set(error, ERROR_NO_MEMORY, "no memory to send");
}

bool channel_has_unsent(const struct channel *channel) {
    return channel->queued.unsent + channel->out.unsent > 0;
}

// Writes one slice. *blocked: the kernel takes no more.
static bool write_slice(struct channel *channel, bool *blocked, struct error *error) {
    uint8_t room[WRITE_BYTES_MAX];
    size_t length;
    const uint8_t *bytes = output_gather(&channel->out, room, sizeof room, &length);
    ssize_t written = write(channel->descriptor, bytes, length);
    if (written >= 0) {
        output_sent(&channel->out, (size_t)written);
    } else if (errno == EAGAIN) {
        *blocked = true;
    } else if (errno != EINTR) {
        error_set_system(error, errno, "cannot write");
        error->code = ERROR_NETWORK;
        return false;
    }
    return true;
}

bool channel_write(struct channel *channel, struct error *error) {
    bool blocked = false;
    while (!blocked && channel_has_unsent(channel)) {
        if (channel->out.unsent == 0) {
            if (!transport_is_open(&channel->transport)) {
                return true; // queued bytes must wait for the handshake
            }
            if (!transport_fill(&channel->transport, &channel->queued)) {
                return fail_by_tls(channel, error);
            }
        }
        if (!write_slice(channel, &blocked, error)) {
            return false;
        }
    }
    return true;
}

// Bytes in ------------------------------------------------------------------------------------------------

ssize_t channel_read(struct channel *channel, uint8_t *bytes, size_t room) {
    bool is_plain = channel->encrypted == NULL;
    for (;;) {
        size_t count = 0;
        if (channel->has_more) {
            channel->has_more = !transport_read(&channel->transport, bytes, room, &count);
            if (count > 0 || !transport_is_open(&channel->transport)) {
                return (ssize_t)count;
            }
        }
        ssize_t length = read(channel->descriptor, is_plain ? bytes : channel->encrypted,
                              is_plain ? room : ENCRYPTED_BYTES);
        if (length <= 0) {
            return length;
        }
        transport_came(&channel->transport, is_plain ? bytes : channel->encrypted, (size_t)length, NULL);
        channel->has_more = true;
    }
}
