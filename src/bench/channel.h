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

// Must stay where it is while it is open.
struct channel {
    int descriptor;
    struct transport transport;
    struct output queued; // what is sent, before the transport
    struct output out;    // after it
    uint8_t *encrypted;   // where TLS bytes are read into; NULL: plain
    bool has_more;        // of what was read, which the transport has not given out yet
};

// Opens a channel on a connected descriptor, which is the channel's from now on; with TLS where `tls` is not
// NULL: then it shakes hands here, and the descriptor has to block so long. ERROR_NETWORK or ERROR_NO_MEMORY.
// channel_close follows, also after a failure.
bool channel_open(struct channel *channel, int descriptor, struct tls_context *tls,
                  struct error *error) MUST_CHECK;

// Closes the descriptor and frees what the channel holds.
void channel_close(struct channel *channel);

// Queues bytes, which must stay where they are until they have left. ERROR_NO_MEMORY.
bool channel_queue(struct channel *channel, const void *bytes, size_t length, struct error *error) MUST_CHECK;

// Whether something is still to be written.
bool channel_has_unsent(const struct channel *channel);

// Writes what is queued, in writes of WRITE_BYTES_MAX at most, until all has left or the kernel takes no
// more: channel_has_unsent tells. ERROR_NETWORK.
bool channel_write(struct channel *channel, struct error *error) MUST_CHECK;

// Like read(2): plain bytes, -1 with errno EAGAIN when there are none yet, 0 at the end, also when TLS
// failed.
ssize_t channel_read(struct channel *channel, uint8_t *bytes, size_t room);

#endif
