// Opening the ledger of a store that may be unreachable, or held by others, for a while.
#ifndef QUINIELA_CLI_LEDGER_OPENING_H
#define QUINIELA_CLI_LEDGER_OPENING_H

#include "cli/main_loop.h"
#include "ledger/ledger.h"

// Opens the ledger, and retries while its store is away, or other servers hold the draw that it is to change;
// a signal ends that. On success the caller closes *ledger. False, and loop->stopping, when the server is to
// stop.
bool ledger_opening(const struct ledger_options *options, struct main_loop *loop, struct ledger **ledger,
                    struct error *error) MUST_CHECK;

#endif
