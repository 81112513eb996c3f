// TLS for a sender of the bench: what it sends is encrypted a chunk at a time, and written as if it were
// plain.
#ifndef QUINIELA_BENCH_SECURE_H
#define QUINIELA_BENCH_SECURE_H

#include "base/error.h"
#include "tls/context.h"

#include <stdint.h>
#include <sys/types.h>
#include <sys/uio.h>

struct secure;

// Shakes hands over a connected descriptor that still blocks, and stays the caller's. On success the caller
// ends *secure with secure_end. ERROR_NETWORK or ERROR_NO_MEMORY.
bool secure_begin(int descriptor, struct tls_context *context, struct secure **secure,
                  struct error *error) MUST_CHECK;

// Frees it (NULL: nothing).
void secure_end(struct secure *secure);

// Puts the encrypted bytes of the parts in their place: into the first of them. They stay until the next
// call.
bool secure_encrypt(struct secure *secure, struct iovec parts[3], struct error *error) MUST_CHECK;

// As read(2): plain bytes, -1 with errno EAGAIN when there are none yet, 0 at the end.
ssize_t secure_read(struct secure *secure, uint8_t *bytes, size_t room);

#endif
