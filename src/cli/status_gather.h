// All that is known of a draw, for commands that show it: out of its store, and from its servers.
#ifndef QUINIELA_CLI_STATUS_GATHER_H
#define QUINIELA_CLI_STATUS_GATHER_H

#include "cli/control_call.h"
#include "cli/status_reading.h"

// Reads the store, counts, and asks the servers on this machine; those alone where a database is away. Before
// that only `draw_name`, `flags` and `rows_max` are set. The store stays open, for the agencies' rows as of
// that moment; it is NULL where only a server was asked. The caller ends *status with status_gather_end
// either way. Errors as store_options_open_draw, signed_status_read and status_count.
bool status_gather(const struct control_call_options *options, struct status *status,
                   struct error *error) MUST_CHECK;

// Closes the store, and frees the counts.
void status_gather_end(struct status *status);

#endif
