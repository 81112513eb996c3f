// What all TLS connections of one side share: its certificate and key, the authority that it trusts, and the
// revocation list. Only TLS 1.3 (RFC 8446), and both sides show a certificate. A context never changes once
// it is made: to read the files again, make another one.
#ifndef QUINIELA_TLS_CONTEXT_H
#define QUINIELA_TLS_CONTEXT_H

#include "base/attributes.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum tls_role { TLS_SERVER, TLS_CLIENT };

// Paths of PEM files. Without a certificate and its key (both NULL) a client shows none, which a server
// refuses.
struct tls_options {
    const char *certificate; // and behind it, in the same file, those between it and the authority, if any
    const char *key;
    const char *authority; // one certificate or more: who may have signed the other side's
    // A revocation list (RFC 5280, section 5) of each authority, also of those in between, or NULL: who was
    // signed by one without a list is refused, and so is who was signed by one that is on a list.
    const char *revocations;
    // A server only takes certificates with one subjectAltName of type URI that begins so; what stands behind
    // it is the other side's identity (tls_session_identity). NULL: any.
    const char *identity_prefix;
    // Whether an identity is one that there can be; others are refused in the handshake. NULL: all are.
    bool (*identity_is_good)(const char *identity);
};

struct tls_context;

// Reads the files. On success the caller holds *context, until tls_context_release. ERROR_BAD_SETTING, naming
// the file, when one cannot be used; ERROR_NO_MEMORY.
bool tls_context_new(enum tls_role role, const struct tls_options *options, struct tls_context **context,
                     struct error *error) MUST_CHECK;

// Keeps the context for one more user, of any thread.
struct tls_context *tls_context_hold(struct tls_context *context);

// The last one to release it frees it. NULL: nothing.
void tls_context_release(struct tls_context *context);

// Why the other side will refuse the context's own certificate, for people; NULL when nothing is seen that it
// would refuse, or when there is none. A string constant.
const char *tls_context_fault(const struct tls_context *context);

// Whether an authority of the context's file has no revocation list although others have: whom it has signed
// is refused. Then its name is written, cut short where it does not fit.
bool tls_context_lacks_list(const struct tls_context *context, char *name, size_t room);

// When a file stops being good.
struct tls_expiry {
    const char *what, *path; // "certificate", "authority" or "revocations"
    int64_t seconds_left;    // negative: it was so long ago
    char date[32];           // in UTC, such as "2027-01-31 12:00:00"
};

enum { TLS_EXPIRIES_MAX = 3 };

// Fills in when the context's files stop being good, counted from now. Returns how many of them there are.
size_t tls_context_expiries(const struct tls_context *context, struct tls_expiry expiries[TLS_EXPIRIES_MAX]);

#endif
