// A client's files against each other: what it writes to must be none that it uses otherwise.
#ifndef QUINIELA_CLI_CLIENT_FILES_H
#define QUINIELA_CLI_CLIENT_FILES_H

#include "cli/client_options.h"

// Whether the log, the list of winners and the receipts are each none of the agency's other files, by
// whatever name, nor one that is kept beside the receipts. `bets` is its file of bets; NULL where there is
// none. ERROR_BAD_SETTING, naming the setting.
bool client_files_check_apart(const struct client_options *options, const char *bets,
                              struct error *error) MUST_CHECK;

#endif
