// The agency's work from its first bet to its winners: sends the bets, survives whatever happens to the
// connection and to the central, then asks who won. dialogue.h decides what to say and when; this provides
// its connection, its timer and its signals.
#ifndef QUINIELA_AGENCY_UPLOADER_H
#define QUINIELA_AGENCY_UPLOADER_H

#include "agency/dialogue.h"
#include "base/error.h"
#include "tls/context.h"

// Connects with TLS where `tls` is not NULL. Runs until the winners are known, something fails that a retry
// cannot fix, or SIGTERM or SIGINT comes, and logs what happens. Returns true when done, or ended by a
// signal. On failure `error` says why, which has been logged.
bool uploader_run(const struct dialogue_options *options, struct tls_context *tls,
                  struct error *error) MUST_CHECK;

#endif
