// A connection to the central, from looking its name up to its end: bytes out, bytes in.
#ifndef QUINIELA_AGENCY_LINK_H
#define QUINIELA_AGENCY_LINK_H

#include "agency/address.h"
#include "tls/context.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

struct link;

// What the owner is told, on the loop's thread, never from within link_open or link_send.
struct link_events {
    // Connected; with TLS, to the server whose name stands in its certificate.
    void (*up)(void *context);
    // Bytes that are not consumed yet, JSON_PADDING_BYTES readable behind them. Returns how many of them are
    // consumed now; called again with the rest, until that is none. The link may be closed from within.
    size_t (*received)(void *context, const uint8_t *bytes, size_t length);
    // It could not be made, or has ended: the last event. `reason` is for people. The owner still closes it.
    void (*down)(void *context, const char *reason);
    // The same, but the other side has seen our certificate and does not want us: trying again does not help.
    // NULL: `down` is told.
    void (*refused)(void *context, const char *reason);
    // The same, but it is we who do not take the certificate that was shown. NULL: `down` is told.
    void (*distrusted)(void *context, const char *reason);
};

// Makes the loop that links are on: libuv's own, since a look-up that cannot be called back writes into it
// for as long as the program lives. NULL and ERROR_SYSTEM when it cannot be made. One at a time;
// link_end_loop ends it.
uv_loop_t *link_begin_loop(struct error *error) MUST_CHECK;

// Begins to connect, with TLS where `tls` is not NULL; it must outlive the link. The caller owns the link and
// ends it with link_close; NULL when there is no memory.
struct link *link_open(uv_loop_t *loop, const struct address *address, struct tls_context *tls,
                       const struct link_events *events, void *context);

// Sends bytes made with malloc, which are then the link's. In writes of WRITE_BYTES_MAX at most.
void link_send(struct link *link, uint8_t *bytes, size_t length);

// Ends the link and nulls the caller's pointer: no event comes after it. The memory goes when the loop has
// run on.
void link_close(struct link **link);

// Ends the loop that links were on: lets it close what was closed. Looking up a name cannot be called back
// once it runs, and may take its time: then the loop is left as it is.
void link_end_loop(uv_loop_t *loop);

// Leaves the program with `status` at once when a name is still being looked up, which its end would wait
// for. Returns when not. Call it last.
void link_leave(int status);

#endif
