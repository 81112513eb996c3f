// A connection to the central, plain or TLS, from its name to its end, on a socket that does not block: bytes
// out, bytes in. It is agency/link.h without an event loop; whoever owns it waits for its descriptor.
//
//   DIALLING ──→ OPENING (TLS's handshake) ──→ UP ──→ DOWN ──→ CLOSED
//       └─────────────┴──────── failed ─────────┴───────→┘
//
// When it cannot send, it goes through a state on the way to DOWN, in which it only reads: FAILING from
// OPENING, BREAKING from UP.
// An owner may close it at any time.
#ifndef QUINIELA_LIB_CONTACT_H
#define QUINIELA_LIB_CONTACT_H

#include "agency/address.h"
#include "lib/dialling.h"
#include "tls/context.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct contact;

// Events for the owner, only from within contact_step.
struct contact_events {
    // Connected; with TLS, to the server that its certificate names.
    void (*up)(void *context);
    // After `up`: bytes that are not consumed yet, followed by JSON_PADDING_BYTES that may be read. Returns
    // how many of them are consumed now. Called again with the rest, until it returns 0. May close the
    // connection.
    size_t (*received)(void *context, const uint8_t *bytes, size_t length);
    // The connection failed or has ended: the last event. `reason` is for people. The owner still closes it.
    void (*down)(void *context, const char *reason);
    // As `down`, but the other side rejects our certificate: trying again does not help.
    void (*refused)(void *context, const char *reason);
    // As `down`, but the other side has not shown who it is: we reject its certificate, or it speaks no TLS.
    void (*distrusted)(void *context, const char *reason);
};

// Makes one that connects in its first steps, with TLS if `tls` is not NULL. `tls`, `lookup` and `events`
// must outlive it; the address is copied. The caller ends it with contact_close. NULL when out of memory.
struct contact *contact_open(const struct address *address, struct tls_context *tls,
                             const struct name_lookup *lookup, const struct contact_events *events,
                             void *context);

// Takes over bytes made with memory_allocate, and sends as much as the socket takes now. It must be up, or
// already down; in that case they are lost.
void contact_send(struct contact *contact, uint8_t *bytes, size_t length);

// Does what can be done now: connects, reads, writes, at most some hundred KiB.
void contact_step(struct contact *contact);

// The answer of `lookup` (dialling_answer). Step afterwards.
void contact_resolved(struct contact *contact, int failure, const struct addrinfo *found);

// The socket, or -1 while there is none.
int contact_descriptor(const struct contact *contact);

// How many sockets it has had, at most ADDRESSES_TRIED_MAX: that is the last one.
size_t contact_sockets(const struct contact *contact);

// For what to wait on it.
bool contact_wants_read(const struct contact *contact);
bool contact_wants_write(const struct contact *contact);

// Whether a step can do something at once, whatever the socket says.
bool contact_is_ready(const struct contact *contact);

// When to step at the latest, by clock_steady_ms, as TLS's handshake is to be done by then; -1: there is no
// such time.
int64_t contact_deadline_ms(const struct contact *contact);

// Ends it, whatever it is doing, and nulls the caller's pointer: no event follows.
void contact_close(struct contact **contact);

#endif
