// Counts closed and refused connections by reason, and logs them: at most one line a second for each reason,
// within the limit that all such lines share (base/log_limit.h). A flood of connections does not flood the
// log.
#ifndef QUINIELA_NET_CLOSINGS_H
#define QUINIELA_NET_CLOSINGS_H

#include "net/connection.h"
#include "tls/session.h"

#include <stdbool.h>
#include <stdint.h>

// Why a connection was closed. TLS failures have their own enum, tls_failure.
enum close_reason {
    CLOSE_MESSAGE_TIMEOUT,
    CLOSE_IDLE_TIMEOUT,
    CLOSE_SEND_TIMEOUT,
    CLOSE_HANDSHAKE_TIMEOUT,
    CLOSE_HANDSHAKES, // its address has too many unfinished handshakes
    CLOSE_NO_ROOM,    // another connection needed the room
    CLOSE_NO_MEMORY,  // too much memory is held for connections, or there is none for this one
    CLOSE_REASONS
};

// What has happened for one reason and has not been logged yet.
struct closing {
    unsigned count;
    uint64_t quiet_until_ms;
    char peer[CONNECTION_ADDRESS_BYTES]; // of the last connection
    char text[TLS_REASON_BYTES];         // what went wrong, or ""
};

struct closings {
    struct closing closed[CLOSE_REASONS];
    struct closing refused[TLS_FAILURES];
};

// Counts one connection. `peer` is its address as text; for a refused one, `text` is what TLS says about its
// failure.
void closings_count(struct closings *closings, enum close_reason reason, const char *peer);
void closings_count_refused(struct closings *closings, enum tls_failure failure, const char *peer,
                            const char *text);

// Logs what has not been logged yet; `all`: even reasons that were logged less than a second ago.
void closings_report(struct closings *closings, uint64_t now_ms, bool all);

bool closings_are_unreported(const struct closings *closings);

#endif
