// A connection to the central, plain or TLS, from its name to its end: bytes out, bytes in.
//
//   DIALLING ──→ OPENING (TLS's handshake) ──→ UP ──→ DOWN ──→ CLOSED
//       └─────────────┴──────── failed ─────────┴───────→┘
//
// When it cannot send, it goes through a state on the way to DOWN, in which it only reads: FAILING from
// OPENING, BREAKING from UP.
// OPENING lasts CONNECT_MS_MAX at most. An owner may close it at any time.
#ifndef QUINIELA_LINK_LINK_H
#define QUINIELA_LINK_LINK_H

#include "agency/address.h"
#include "tls/context.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

struct link;

// Events for the owner, on the loop's thread, never from within link_open or link_send.
struct link_events {
    // Connected; with TLS, to the server that its certificate names.
    void (*up)(void *context);
    // After `up`: bytes that are not consumed yet, followed by JSON_PADDING_BYTES that may be read. Returns
    // how many of them are consumed now. Called again with the rest, until it returns 0. May close the link.
    size_t (*received)(void *context, const uint8_t *bytes, size_t length);
    // The connection failed or has ended: the last event. `reason` is for people. The owner still closes the
    // link.
    void (*down)(void *context, const char *reason);
    // As `down`, but the other side rejects our certificate: trying again does not help. NULL: `down` is
    // called.
    void (*refused)(void *context, const char *reason);
    // As `down`, but the other side has not shown who it is: we reject its certificate, or it speaks no TLS.
    // NULL: `down` is called.
    void (*distrusted)(void *context, const char *reason);
};

// Starts to connect, with TLS if `tls` is not NULL; `tls` must outlive the link. The caller owns the link
// and ends it with link_close. NULL when out of memory.
struct link *link_open(uv_loop_t *loop, const struct address *address, struct tls_context *tls,
                       const struct link_events *events, void *context);

// Takes over bytes made with malloc, and sends them. The link must be up, or already down; in that case they
// are lost.
void link_send(struct link *link, uint8_t *bytes, size_t length);

// Ends the link, whatever it is doing, and nulls the caller's pointer: no event follows. The loop must keep
// running for the memory to be freed, but need not wait for anything.
void link_close(struct link **link);

#endif
