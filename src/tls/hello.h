// A look at a client's first message before spending anything on it.
#ifndef QUINIELA_TLS_HELLO_H
#define QUINIELA_TLS_HELLO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Whether a connection's first bytes ask to resume an earlier session: a ClientHello with the extension
// pre_shared_key (RFC 8446, sections 4.1.2 and 4.2.11). It does not check whether resuming is possible, and
// returns false for bytes that it does not understand.
bool tls_hello_resumes(const uint8_t *bytes, size_t length);

#endif
