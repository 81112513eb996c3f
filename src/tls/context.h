// What all TLS connections of one side share: its certificate and key, the authorities that it trusts, and
// the revocation lists. TLS 1.3 only (RFC 8446), and both sides send a certificate. A context never changes:
// to read the files again, create another one.
#ifndef QUINIELA_TLS_CONTEXT_H
#define QUINIELA_TLS_CONTEXT_H

#include "base/attributes.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum tls_role { TLS_SERVER, TLS_CLIENT };

// Paths of PEM files. Without a certificate and key (both NULL) a client sends none, and a server refuses it.
struct tls_options {
    const char *certificate; // followed, in the same file, by any intermediate ones
    const char *key;
    const char *authority; // one or more certificates: who may have signed the peer's
    // Or NULL. A revocation list (RFC 5280, section 5) of each authority, intermediate ones included: a
    // certificate signed by an authority without a list, or with a revoked one, is refused.
    const char *revocations;
    // A server only accepts certificates with exactly one subjectAltName of type URI that begins with this
    // prefix. The rest of the name is the peer's identity (tls_session_identity). NULL: any certificate.
    const char *identity_prefix;
    // A peer is accepted whose certificate is good but for its dates, and whatever the dates of its authority
    // and revocation list. Only for finding out what is wrong: nothing may be entrusted to such a peer.
    bool any_date;
    // Whether an identity can exist; others are refused in the handshake. NULL: all can.
    bool (*identity_is_good)(const char *identity);
};

struct tls_context;

// Reads the files. On success the caller holds *context until tls_context_release. ERROR_BAD_SETTING, naming
// the file, when one cannot be used; ERROR_NO_MEMORY.
bool tls_context_new(enum tls_role role, const struct tls_options *options, struct tls_context **context,
                     struct error *error) MUST_CHECK;

// Adds a reference. Any thread may call it.
struct tls_context *tls_context_hold(struct tls_context *context);

// Drops a reference; the last one frees the context. NULL: does nothing.
void tls_context_release(struct tls_context *context);

// Why peers will refuse the context's own certificate, for people; NULL when no reason is apparent, or there
// is no certificate. A string constant.
const char *tls_context_fault(const struct tls_context *context);

// Whether an authority in the context's file has no revocation list although others do: every certificate
// that it signed is refused. If so, writes its name, cut short if it does not fit.
bool tls_context_lacks_list(const struct tls_context *context, char *name, size_t room);

// When a file expires.
struct tls_expiry {
    const char *what, *path; // "certificate", "authority" or "revocations"
    int64_t seconds_left;    // negative: that long ago
    char date[32];           // in UTC, such as "2027-01-31 12:00:00"
};

enum { TLS_EXPIRIES_MAX = 3 };

// Fills in when the context's files expire. Returns how many entries.
size_t tls_context_expiries(const struct tls_context *context, struct tls_expiry expiries[TLS_EXPIRIES_MAX]);

#endif
