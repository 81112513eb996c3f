// One TLS connection as bytes: encrypted bytes in, plain bytes out, and the other way round. It knows nothing
// of sockets, and needs the time only to tell whether certificates have expired.
#ifndef QUINIELA_TLS_SESSION_H
#define QUINIELA_TLS_SESSION_H

#include "base/attributes.h"
#include "tls/context.h"
#include "tls/failure.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct tls_session;

// What a server's session holds at most beyond the 16 KiB that it holds while it waits (unit.tls_memory).
enum {
    TLS_HANDSHAKE_BYTES = 64 * 1024,  // from its first byte until it is open
    TLS_CERTIFICATE_BYTES = 5 * 1024, // and for each certificate that the peer has shown
    TLS_PART_BYTES = 17 * 1024,       // while a part of a record has come
};

// Takes a session's encrypted bytes. Returns false when it cannot.
typedef bool tls_sink(void *context, const uint8_t *bytes, size_t length);

// Creates a session, which sends nothing yet. A client gives the host that it connects to, a name or numeric
// address, which must be in the server's certificate; a server gives NULL. The session holds the context.
// NULL when out of memory.
struct tls_session *tls_session_new(struct tls_context *context, const char *host, tls_sink *sink,
                                    void *sink_context);

// Frees it (NULL: does nothing) and sets the caller's pointer to NULL. Sends nothing to the peer.
void tls_session_free(struct tls_session **session);

// Begins a client's handshake, or continues either side's, as far as the bytes fed so far allow. Its output
// goes to the sink.
void tls_session_start(struct tls_session *session);

// Feeds encrypted bytes that were received. They are consumed by calling tls_session_read until it returns 0
// or less, and must stay valid until then. A server's session fails at once if they would make it hold much
// (tls/plain_records.h).
void tls_session_feed(struct tls_session *session, const uint8_t *bytes, size_t length);

// Continues the handshake, then decrypts. Returns how many plain bytes it wrote to `bytes`, 0 when it needs
// more input, -1 when nothing more will come: the peer has ended the session (tls_session_ended), or it
// failed (tls_session_failure).
ssize_t tls_session_read(struct tls_session *session, uint8_t *bytes, size_t room);

// Encrypts; the session must be open. Returns false when it fails.
bool tls_session_write(struct tls_session *session, const uint8_t *bytes, size_t length) MUST_CHECK;

// Tells the peer that no more data follows, also when it has said so itself. Does nothing before the session
// is open, or once it has failed.
void tls_session_end(struct tls_session *session);

// Whether the handshake is done: the peer is who it claims to be. A client reaches this point before the
// server has seen the client's certificate.
bool tls_session_is_open(const struct tls_session *session);

// Whether this context was the last to accept the peer, either when the session began or when it judged the
// peer again.
bool tls_session_is_judged_by(const struct tls_session *session, const struct tls_context *context);

// Judges the peer's certificate again, as a handshake with that context would. Returns false if the
// certificate would now be refused; the session has then failed. The session must be open.
bool tls_session_judge_again(struct tls_session *session, struct tls_context *context) MUST_CHECK;

// Whether the peer has said that no more data follows.
bool tls_session_ended(const struct tls_session *session);

// Whether it failed because the peer rejects our certificate and said so after our side of the handshake was
// done. Such an alert really comes from the peer. An earlier alert could come from anybody, and an alert
// about anything else could be caused by a byte corrupted on its way.
bool tls_session_is_unwelcome(const struct tls_session *session);

// Why it failed, and the same for people.
enum tls_failure tls_session_failure(const struct tls_session *session);
const char *tls_session_reason(const struct tls_session *session);

// From the peer's certificate, once the session is open: its owner's identity, "" for none (see
// tls_options.identity_prefix), and its serial number in hexadecimal digits.
const char *tls_session_identity(const struct tls_session *session);
const char *tls_session_serial(const struct tls_session *session);

// Describes the peer's certificate for people; the session must be open, and a client's.
void tls_session_describe(const struct tls_session *session, char words[TLS_REASON_BYTES]);

// How many bytes to count for what it holds, of the above; 0 before its first byte, and while it waits.
size_t tls_session_held(const struct tls_session *session);

// Whether it resumed an earlier session, without sending the certificates again.
bool tls_session_was_resumed(const struct tls_session *session);

#endif
