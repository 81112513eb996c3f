// Converts between a socket's bytes and its owner's: plain or TLS, for either side of a connection. The owner
// of the socket reads and writes it, gives the transport what came, and asks it for the result. The transport
// makes no callbacks. Its owner asks which kind it is only to know where to read into:
//
//   read the socket → transport_came → transport_read, until all is read → the owner's input
//   the owner's queue → transport_fill → `out` → write the socket
//
// Handshakes and TLS's own messages put bytes into `out`, too: check it after each call.
#ifndef QUINIELA_STREAM_TRANSPORT_H
#define QUINIELA_STREAM_TRANSPORT_H

#include "base/attributes.h"
#include "stream/output.h"
#include "tls/session.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum transport_state {
    TRANSPORT_OPENING, // the handshake is not over: none of the owner's bytes can pass yet
    TRANSPORT_OPEN,
    TRANSPORT_ENDED, // the peer has said that nothing more follows (TLS only: otherwise the socket says so)
    TRANSPORT_FAILED // transport_session has the reason
};

// Part of its owner's struct; only the transport uses the fields.
struct transport {
    struct tls_session *session; // NULL: plain
    struct output *out;          // bytes for the socket
    const uint8_t *came;         // plain bytes that have not been read yet
    size_t came_length;
    bool is_finished;
};

// Begins a plain transport, which is open immediately. `out` is the owner's queue for the socket, and must
// stay in place.
void transport_begin_plain(struct transport *transport, struct output *out);

// Begins a TLS transport, in state OPENING. `host` as for tls_session_new: the server that a client wants to
// reach; NULL on a server. The session holds the context. False when there is no memory; then transport_free
// is harmless.
bool transport_begin_tls(struct transport *transport, struct tls_context *context, const char *host,
                         struct output *out) MUST_CHECK;

// Frees what the transport holds. Sends nothing to the peer.
void transport_free(struct transport *transport);

// Begins a client's handshake. Does nothing on a plain transport, or on a server.
void transport_start(struct transport *transport);

// Bytes came from the socket. They must stay in place until transport_read has returned true. A handshake
// proceeds as far as they allow. *handshake_ns is the time that took (0: no handshake was under way); NULL:
// not wanted.
void transport_came(struct transport *transport, const uint8_t *bytes, size_t length, uint64_t *handshake_ns);

// Writes the plain bytes of what came to `room`. That may be where they were read into; then they are not
// copied. *count is how many. Returns whether that was all; if not, `room` is full: call again with more
// room.
bool transport_read(struct transport *transport, uint8_t *room, size_t length, size_t *count) MUST_CHECK;

// Moves the next bytes from `from` to `out`, which must be empty: one TLS record that fits one write, or
// everything on a plain transport. The transport must be open. False when it has failed.
bool transport_fill(struct transport *transport, struct output *from) MUST_CHECK;

// Finishes our side: tells the peer that nothing more follows, if this is TLS that is open or that the peer
// has ended. Without that, a peer could not tell an end from a cut. Only the first call has an effect.
void transport_say_end(struct transport *transport);

// Whether our side is finished: TLS has announced the end, or there is nothing to announce.
bool transport_is_finished(const struct transport *transport);

// Follows from the session, including what others do with it: a session that is checked again can fail.
enum transport_state transport_state(const struct transport *transport);
bool transport_is_open(const struct transport *transport);
bool transport_is_secure(const struct transport *transport);

// The TLS session, which knows the peer, and the failure with its reason. NULL on a plain transport.
struct tls_session *transport_session(const struct transport *transport);

// How many bytes to count for what it holds: 0 on a plain transport, otherwise as tls_session_held.
size_t transport_held(const struct transport *transport);

#endif
