// The agency's work from its first bet to its winners: sends the bets, survives failures of the connection
// and of the central, then asks for the winners. dialogue.h decides what to say and when; this provides its
// connection, its timer and its signals.
#ifndef QUINIELA_AGENCY_UPLOADER_H
#define QUINIELA_AGENCY_UPLOADER_H

#include "agency/dialogue.h"
#include "base/error.h"
#include "tls/context.h"

// Connects with TLS if `tls` is not NULL. Logs its progress, and runs until the winners are known, something
// fails that a retry cannot fix, or SIGTERM or SIGINT comes. Returns true when done, or ended by a signal.
// On failure `error` gives the reason, which has been logged.
bool uploader_run(const struct dialogue_options *options, struct tls_context *tls,
                  struct error *error) MUST_CHECK;

#endif
