// What `quiniela config` says of signing: whether the keys and files that the settings name can be used, and
// who signs the draw.
#ifndef QUINIELA_CLI_CONFIG_SIGNING_H
#define QUINIELA_CLI_CONFIG_SIGNING_H

#include "cli/config_report.h"
#include "cli/server_options.h"

struct store;

// Reports what is wrong, and prints a line. `found` is the stored draw and `store` has it open; both are NULL
// when there is none yet.
void config_signing_check(const struct server_options *options, struct store *store,
                          const struct stored_draw *found, struct config_report *report);

#endif
