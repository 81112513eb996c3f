// Asks the running servers what only they know of a draw.
#ifndef QUINIELA_CLI_STATUS_ASK_H
#define QUINIELA_CLI_STATUS_ASK_H

#include "cli/control_call.h"
#include "cli/status_live.h"

// Asks the servers of that store and draw that are on this machine about the agencies that are missing (as
// many of them as one order has room for), each for a few seconds at most.
void status_ask(const struct control_call_options *options, const struct order_status *missing,
                struct status_live *live);

#endif
