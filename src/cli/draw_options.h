// The server's settings of the draw, for the ledger.
#ifndef QUINIELA_CLI_DRAW_OPTIONS_H
#define QUINIELA_CLI_DRAW_OPTIONS_H

#include "cli/server_options.h"
#include "ledger/options.h"

// Fills in the terms, without the callbacks. The texts stay the options'.
struct ledger_options draw_options(const struct server_options *options);

// The setting (a field of `options`) that does not fit the stored draw, or NULL when `code` is for another
// reason.
const void *draw_options_mismatched(const struct server_options *options, const struct error_code *code);

#endif
