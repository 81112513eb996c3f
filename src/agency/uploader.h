// The agency's work from its first bet to its winners: sends the bets, survives whatever happens to the
// connection and to the central, then asks who won. What to say and when is dialogue.h's; here are its
// socket, its timer and its signals.
#ifndef QUINIELA_AGENCY_UPLOADER_H
#define QUINIELA_AGENCY_UPLOADER_H

#include "agency/dialogue.h"
#include "base/error.h"
#include "tls/context.h"

// Connects with TLS where `tls` is not NULL. Runs until the winners are known, until something fails that
// trying again does not mend, or until SIGTERM or SIGINT. Returns true when done, or ended by a signal; logs
// everything on the way. On failure `error` says what (it is logged, too).
bool uploader_run(const struct dialogue_options *options, struct tls_context *tls,
                  struct error *error) MUST_CHECK;

#endif
