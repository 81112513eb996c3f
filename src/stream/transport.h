// Between a socket's bytes and its owner's: plain, or TLS, for either side of a connection. Whoever owns the
// socket reads and writes it; the transport is given what came, and is asked what has become of it. It calls
// nobody. Its owner asks which kind it is only to know where to read into:
//
//   read the socket → transport_came → transport_read, until all is read → the owner's input
//   the owner's queue → transport_fill → `out` → write the socket
//
// Handshakes, and what TLS says by itself, put bytes into `out` too: look there after each call.
#ifndef QUINIELA_STREAM_TRANSPORT_H
#define QUINIELA_STREAM_TRANSPORT_H

#include "base/attributes.h"
#include "stream/output.h"
#include "tls/session.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum transport_state {
    TRANSPORT_OPENING, // the handshake is not over: no bytes of the owner's can pass yet
    TRANSPORT_OPEN,
    TRANSPORT_ENDED, // the peer has said that nothing more follows (TLS only: else the socket says so)
    TRANSPORT_FAILED // transport_session has the reason
};

// Part of its owner's struct; the fields are the transport's own.
struct transport {
    struct tls_session *session; // NULL: plain
    struct output *out;          // what goes to the socket
    const uint8_t *came;         // plain bytes that are not read yet
    size_t came_length;
    bool is_finished;
};

// A plain transport, which is open at once. `out` is the owner's queue for the socket, and must stay where it
// is.
void transport_begin_plain(struct transport *transport, struct output *out);

// A TLS transport, which begins OPENING. `host` as for tls_session_new: whom a client wants to speak with;
// NULL on a server. The session holds the context. False when there is no memory; transport_free is harmless
// then.
bool transport_begin_tls(struct transport *transport, struct tls_context *context, const char *host,
                         struct output *out) MUST_CHECK;

// Frees what the transport keeps. Says nothing to the peer.
void transport_free(struct transport *transport);

// Begins a client's handshake. Does nothing on a plain transport, or on a server.
void transport_start(struct transport *transport);

// Bytes came from the socket. They must stay where they are until transport_read has returned true. A
// handshake goes on as far as they reach; *handshake_ns is the time that took (0: there was none to go on
// with), NULL: not wanted.
void transport_came(struct transport *transport, const uint8_t *bytes, size_t length, uint64_t *handshake_ns);

// Writes the plain bytes of what came to `room`, which may be the place where they were read to: then they
// are not copied. *count is how many. Returns whether that was all; if not, `room` is full: call again with
// more of it.
bool transport_read(struct transport *transport, uint8_t *room, size_t length, size_t *count) MUST_CHECK;

// Moves the next of `from` to `out`, which must be empty: one TLS record that fits one write, or everything,
// if it is plain. The transport must be open. False when it has failed.
bool transport_fill(struct transport *transport, struct output *from) MUST_CHECK;

// Finishes our side: tells the peer that nothing more follows, if it is open TLS. Only the first call has an
// effect.
void transport_say_end(struct transport *transport);

// Whether our side sends nothing more: TLS has said so, or has nothing to say.
bool transport_is_finished(const struct transport *transport);

// Follows from the session, also from what others do with that: a session that is judged anew can fail.
enum transport_state transport_state(const struct transport *transport);
bool transport_is_open(const struct transport *transport);
bool transport_is_secure(const struct transport *transport);

// The TLS session, which knows the failure and its reason, and who the peer is. NULL on a plain transport.
struct tls_session *transport_session(const struct transport *transport);

#endif
