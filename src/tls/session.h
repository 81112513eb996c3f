// One TLS connection, as bytes: encrypted ones in, plain ones out, and the other way round. It knows no
// socket and no clock but the one that certificates are held against.
#ifndef QUINIELA_TLS_SESSION_H
#define QUINIELA_TLS_SESSION_H

#include "base/attributes.h"
#include "tls/context.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

// Why a connection cannot go on.
enum tls_failure {
    TLS_NO_FAILURE,
    TLS_NO_CERTIFICATE,      // the other side showed none
    TLS_EXPIRED,             // its certificate is not good any more,
    TLS_NOT_YET_VALID,       // not good yet,
    TLS_REVOKED,             // on the revocation list,
    TLS_UNKNOWN_AUTHORITY,   // signed by somebody else,
    TLS_WRONG_PURPOSE,       // not for this side of a connection,
    TLS_NO_IDENTITY,         // names nobody,
    TLS_WRONG_NAME,          // names another host,
    TLS_NOT_AUTHORIZED,      // names what is nobody,
    TLS_REVOCATIONS_EXPIRED, // or cannot be looked up, as our list is too old or not the authority's,
    TLS_AUTHORITY_EXPIRED,   // or the authority of our own file is not good any more, or not yet
    TLS_BAD_CERTIFICATE,     // is not as it should be otherwise
    TLS_UNSUPPORTED_VERSION, // it does not speak TLS 1.3
    TLS_NOT_TLS,             // it does not speak TLS
    TLS_REFUSED,             // it says that it does not want us
    TLS_PROTOCOL,            // what it says is no TLS that fits
    TLS_CUT_OFF,             // it went away in the middle of the handshake
    TLS_BROKEN,              // no memory, and the like
    TLS_FAILURES
};

// The failure's name for log lines, such as "certificate_expired". A string constant.
const char *tls_failure_name(enum tls_failure failure);

// Whether it means that the other side has shown a certificate that we do not take.
bool tls_failure_is_of_certificate(enum tls_failure failure);

struct tls_session;

// Where a session's encrypted bytes go. Returns false when they cannot be taken.
typedef bool tls_sink(void *context, const uint8_t *bytes, size_t length);

// A session that has said nothing yet. A client says with whom it wants to speak: a host's name or numeric
// address, which has to stand in the server's certificate; a server gives NULL. It holds the context. NULL
// when there is no memory.
struct tls_session *tls_session_new(struct tls_context *context, const char *host, tls_sink *sink,
                                    void *sink_context);

// Frees it (NULL: nothing), and nulls the caller's pointer. Says nothing to the other side.
void tls_session_free(struct tls_session **session);

// A client begins the handshake, or either side goes on with it, as far as what was fed reaches and no
// further: what it says goes to the sink.
void tls_session_start(struct tls_session *session);

// Encrypted bytes that came. They are taken while tls_session_read is called until it returns 0 or less, and
// have to stay where they are until then.
void tls_session_feed(struct tls_session *session, const uint8_t *bytes, size_t length);

// Goes on with the handshake, and then decrypts. Returns how many plain bytes it wrote to `bytes`, 0 when
// more has to come first, -1 when nothing more will: the other side has ended it (tls_session_ended), or it
// failed (tls_session_failure).
ssize_t tls_session_read(struct tls_session *session, uint8_t *bytes, size_t room);

// Encrypts; the handshake must be over. Returns false when it fails.
bool tls_session_write(struct tls_session *session, const uint8_t *bytes, size_t length) MUST_CHECK;

// Tells the other side that nothing more follows.
void tls_session_end(struct tls_session *session);

// Whether the handshake is over: the other side is who it says. A client knows that before the server has
// seen the client's certificate.
bool tls_session_is_open(const struct tls_session *session);

// Whether it is by this context that the other side was found good last: the one that the session began with,
// or another one that it was judged again by.
bool tls_session_is_judged_by(const struct tls_session *session, const struct tls_context *context);

// Looks at the other side's certificate again, as a handshake with that context would. Returns false when it
// would be refused now: the session has failed then. The session must be open.
bool tls_session_judge_again(struct tls_session *session, struct tls_context *context) MUST_CHECK;

// Whether the other side has said that nothing more follows.
bool tls_session_ended(const struct tls_session *session);

// Whether it failed as the other side does not take our certificate, and has said so once the handshake was
// over for us: then it is the other side that has said that. An alert that comes before could be anybody's,
// and one about anything else be the work of a byte that has changed on its way.
bool tls_session_is_unwelcome(const struct tls_session *session);

// Why it failed, and the same for people.
enum tls_failure tls_session_failure(const struct tls_session *session);
const char *tls_session_reason(const struct tls_session *session);

// What the other side's certificate says, once the session is open: who its owner is, "" when nobody (see
// tls_options.identity_prefix), and its serial number in hexadecimal digits.
const char *tls_session_identity(const struct tls_session *session);
const char *tls_session_serial(const struct tls_session *session);

// Whether an earlier session was gone on with, so that no certificate was sent again.
bool tls_session_was_resumed(const struct tls_session *session);

#endif
