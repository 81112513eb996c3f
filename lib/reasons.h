// Why a connection failed, in the words that `quiniela client` has always logged: libuv's.
#ifndef QUINIELA_LIB_REASONS_H
#define QUINIELA_LIB_REASONS_H

#include <stddef.h>

enum { REASON_BYTES = 448 };

// Writes what an errno means, such as "connection refused".
void reason_of_errno(int error_number, char reason[REASON_BYTES]);

// Writes why `host` has no address: `failure` is getaddrinfo's (EAI_NONAME, …), `error_number` the errno that
// goes with EAI_SYSTEM.
void reason_of_lookup(int failure, int error_number, const char *host, char reason[REASON_BYTES]);

#endif
