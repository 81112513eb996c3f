// The server's certificates while it runs: read at the start and again on SIGHUP, with a warning before they
// expire.
#ifndef QUINIELA_CLI_CERTIFICATES_H
#define QUINIELA_CLI_CERTIFICATES_H

#include "cli/server_options.h"
#include "net/net.h"

#include <stdatomic.h>
#include <time.h>

enum { CERTIFICATES_WARN_EVERY_MS = 12 * 3600 * 1000 };

struct certificates {
    const struct server_options *options;
    struct tls_context *tls; // NULL: plain text
    _Atomic time_t expiry;   // see certificates_expiry
};

// Reads the files that the settings name, if any. ERROR_BAD_SETTING, naming the setting and the file.
bool certificates_open(struct certificates *certificates, const struct server_options *options,
                       struct error *error) MUST_CHECK;

// Reads the files again, for future connections of `net` (NULL: there is no `net` yet). *renewed: there are
// new ones. If that fails, it logs why and keeps the certificates it has; `error` says why, too.
bool certificates_reload(struct certificates *certificates, struct net *net, bool *renewed,
                         struct error *error);

// Logs a line for each file that is about to expire. `certificates` is a struct certificates.
void certificates_warn(void *certificates);

// When whichever of the files in use expires first does; 0: there are none. Any thread may call this.
time_t certificates_expiry(const struct certificates *certificates);

// Releases the certificates; connections that use them keep them until they end.
void certificates_close(struct certificates *certificates);

#endif
