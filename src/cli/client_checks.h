// The client's settings against each other, and the names of its files: what is found before anything is
// opened. `quiniela config client` finds the same.
#ifndef QUINIELA_CLI_CLIENT_CHECKS_H
#define QUINIELA_CLI_CLIENT_CHECKS_H

#include "cli/client_options.h"

// Whether the settings say which agency this is, and go together. ERROR_BAD_SETTING, naming the setting.
bool client_checks_use(const struct client_options *options, struct error *error) MUST_CHECK;

// Whether no file has two uses: the log, the list of winners and the receipts are each none of the agency's
// others. ERROR_BAD_SETTING, naming the setting.
bool client_checks_files(const struct client_options *options, struct error *error) MUST_CHECK;

// Whether an echo's loop would end. ERROR_BAD_SETTING, naming what is missing.
bool client_checks_loop(const struct client_options *options, struct error *error) MUST_CHECK;

#endif
