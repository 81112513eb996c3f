// Counts what was closed or refused, by reason, and logs it: at most one line a second and reason, and within
// what all such lines may take together (base/log_limit.h). A flood of connections does not flood the log.
#ifndef QUINIELA_NET_CLOSINGS_H
#define QUINIELA_NET_CLOSINGS_H

#include "net/connection.h"
#include "tls/session.h"

#include <stdbool.h>
#include <stdint.h>

// Why a connection was closed that had done nothing wrong in TLS.
enum close_reason {
    CLOSE_MESSAGE_TIMEOUT,
    CLOSE_IDLE_TIMEOUT,
    CLOSE_SEND_TIMEOUT,
    CLOSE_HANDSHAKE_TIMEOUT,
    CLOSE_HANDSHAKES, // its address has too many that are not over
    CLOSE_NO_ROOM,    // another one came, and there was no room
    CLOSE_NO_MEMORY,  // too much is held for the connections
    CLOSE_REASONS
};

// What has happened for one reason and is not logged yet.
struct closing {
    unsigned count;
    uint64_t quiet_until_ms;
    char peer[CONNECTION_ADDRESS_BYTES]; // of the last one
    char text[128];                      // what went wrong, or ""
};

struct closings {
    struct closing closed[CLOSE_REASONS];
    struct closing refused[TLS_FAILURES];
};

// One more. `peer` is its address as text, `text` what TLS says of its failure.
void closings_count(struct closings *closings, enum close_reason reason, const char *peer);
void closings_count_refused(struct closings *closings, enum tls_failure failure, const char *peer,
                            const char *text);

// Logs what is not logged yet; `all`: also for reasons that were logged less than a second ago.
void closings_report(struct closings *closings, uint64_t now_ms, bool all);

bool closings_are_unreported(const struct closings *closings);

#endif
