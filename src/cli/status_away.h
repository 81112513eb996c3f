// How the draw stands by the running server's account, while nobody here can reach its store.
#ifndef QUINIELA_CLI_STATUS_AWAY_H
#define QUINIELA_CLI_STATUS_AWAY_H

#include "cli/control_call.h"
#include "cli/status_reading.h"

// Fills in the draw, the totals (but for how many agencies have a row) and who is missing, from what the
// server of that store and draw last counted. False when none answers: *status is as it was.
bool status_away_read(const struct control_call_options *options, struct status *status);

#endif
