// Settings that cannot work together, each good by itself. (Those of where the server listens:
// cli/listening.h; TLS that is told in part: cli/tls_settings.h; a bet that is: cli/client.c.)
#ifndef QUINIELA_CLI_CONFLICTS_H
#define QUINIELA_CLI_CONFLICTS_H

#include "base/settings.h"

// Whether the command's settings go together. ERROR_BAD_SETTING, naming both places.
bool conflicts_check_server(const struct settings *settings, struct error *error) MUST_CHECK;
bool conflicts_check_client(const struct settings *settings, struct error *error) MUST_CHECK;
bool conflicts_check_bench(const struct settings *settings, struct error *error) MUST_CHECK;

// Warns where a draw waits for no agency: it is served, and never made.
void conflicts_warn_of_no_agencies(uint32_t agencies);

#endif
