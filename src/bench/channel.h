// One connection of the bench: bytes in and out of a descriptor, plain or TLS.
#ifndef QUINIELA_BENCH_CHANNEL_H
#define QUINIELA_BENCH_CHANNEL_H

#include "base/error.h"
#include "stream/output.h"
#include "stream/transport.h"
#include "tls/context.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

// Must not move while it is open.
struct channel {
    int descriptor;
    struct transport transport;
    struct output queued; // bytes to send, before the transport
    struct output out;    // bytes to send, after the transport
    uint8_t *encrypted;   // buffer for the TLS bytes read; NULL: plain
    bool has_more;        // bytes read that the transport has not handed out yet
};

// Opens a channel on a connected descriptor, which it takes over, with TLS if `tls` is not NULL. The TLS
// handshake happens here, and the descriptor must be blocking until it is done. ERROR_NETWORK or
// ERROR_NO_MEMORY. Call channel_close afterwards, even after a failure.
bool channel_open(struct channel *channel, int descriptor, struct tls_context *tls,
                  struct error *error) MUST_CHECK;

// Tells the central the end of TLS, unless bytes remain to be written, closes the descriptor and frees what
// the channel holds.
void channel_close(struct channel *channel);

// Queues bytes, which must stay valid until they have been sent. ERROR_NO_MEMORY.
bool channel_queue(struct channel *channel, const void *bytes, size_t length, struct error *error) MUST_CHECK;

// Whether any bytes remain to be written.
bool channel_has_unsent(const struct channel *channel);

// Writes the queued bytes, in writes of WRITE_BYTES_MAX at most, until all are sent or the kernel takes no
// more. channel_has_unsent tells which. ERROR_NETWORK.
bool channel_write(struct channel *channel, struct error *error) MUST_CHECK;

// Like read(2): plain bytes; -1 with errno EAGAIN when there are none yet; 0 at the end, and also when TLS
// failed.
ssize_t channel_read(struct channel *channel, uint8_t *bytes, size_t room);

#endif
