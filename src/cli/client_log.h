// What an agency tells of itself (quiniela.h's events), as the log lines of the contract (docs/agency.md),
// the winners on standard output, and the progress bar.
#ifndef QUINIELA_CLI_CLIENT_LOG_H
#define QUINIELA_CLI_CLIENT_LOG_H

#include "bet/chunk.h"
#include "quiniela.h"

#include <stdbool.h>

struct client_log {
    const struct chunk *single; // the one bet that is sent, or NULL; the caller's
    bool prints_winners;        // writes the winning documents to standard output
};

// Logs an event: a quiniela_event_function, whose context is a struct client_log.
void client_log_event(void *context, const struct quiniela_event *event);

#endif
