// Opening the ledger of a store that may be unreachable, or held by others, for a while.
#ifndef QUINIELA_CLI_LEDGER_OPENING_H
#define QUINIELA_CLI_LEDGER_OPENING_H

#include "cli/main_loop.h"
#include "ledger/ledger.h"

// Opens the ledger. Retries while its store is unreachable, or while other servers hold the draw that it must
// change. On success the caller closes *ledger. False with loop->stopping set when a signal ended the
// attempts and the server must stop.
bool ledger_opening(const struct ledger_options *options, struct main_loop *loop, struct ledger **ledger,
                    struct error *error) MUST_CHECK;

#endif
