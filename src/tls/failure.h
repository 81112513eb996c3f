// The ways in which a TLS connection fails, and their names.
#ifndef QUINIELA_TLS_FAILURE_H
#define QUINIELA_TLS_FAILURE_H

#include <stdbool.h>

enum { TLS_REASON_BYTES = 320 }; // of the words for one

// Why a connection failed.
enum tls_failure {
    TLS_NO_FAILURE,
    TLS_NO_CERTIFICATE,      // the peer sent none
    TLS_EXPIRED,             // its certificate has expired,
    TLS_NOT_YET_VALID,       // is not valid yet,
    TLS_REVOKED,             // is on the revocation list,
    TLS_UNKNOWN_AUTHORITY,   // is signed by an unknown authority,
    TLS_WRONG_PURPOSE,       // is not for this side of a connection,
    TLS_NO_IDENTITY,         // has no identity,
    TLS_WRONG_NAME,          // is for another host,
    TLS_NOT_AUTHORIZED,      // has an identity that does not exist,
    TLS_REVOCATIONS_EXPIRED, // cannot be checked: our list is too old, or not the authority's,
    TLS_AUTHORITY_EXPIRED, // is signed by an authority in our own file that has expired, or is not valid yet,
    TLS_BAD_CERTIFICATE,   // or is bad in another way
    TLS_UNSUPPORTED_VERSION, // the peer does not speak TLS 1.3
    TLS_NOT_TLS,             // the peer does not speak TLS
    TLS_REFUSED,             // the peer sent an alert: it refuses us
    TLS_PROTOCOL,            // the peer violated the protocol
    TLS_CUT_OFF,             // the connection ended during the handshake
    TLS_BROKEN,              // out of memory, and the like
    TLS_FAILURES
};

// The failure's name for log lines, such as "certificate_expired". A string constant.
const char *tls_failure_name(enum tls_failure failure);

// Whether the peer has not shown who it is: we rejected its certificate, or it does not speak TLS at all.
bool tls_failure_is_distrust(enum tls_failure failure);

#endif
