// The first thing that a client says, looked at before anything is spent on it.
#ifndef QUINIELA_TLS_HELLO_H
#define QUINIELA_TLS_HELLO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Whether the bytes, the first of a connection, say that the client wants to go on with an earlier session:
// whether they begin with a ClientHello that has the extension pre_shared_key (RFC 8446, sections 4.1.2 and
// 4.2.11). That it can is not looked at, and what is not understood says no.
bool tls_hello_resumes(const uint8_t *bytes, size_t length);

#endif
