// What a client's settings say of the central's promises (agency/promises.h): CENTRAL_KEY, RECEIPTS.
#ifndef QUINIELA_CLI_CLIENT_PROMISES_H
#define QUINIELA_CLI_CLIENT_PROMISES_H

#include "agency/promises.h"
#include "cli/client_options.h"

#include <limits.h>

// Whether the settings are good. True when they name no key. ERROR_BAD_SETTING, naming the setting.
bool client_promises_check(const struct client_options *options, struct error *error) MUST_CHECK;

// Writes the path of the receipts' file: RECEIPTS, or beside the file of bets. "" without a key.
void client_promises_path(const struct client_options *options, char path[PATH_MAX]);

// Reads what promises_open needs, of settings that name a key; `path` and `is_tls` as below.
// ERROR_BAD_SETTING.
bool client_promises_read(const struct client_options *options, const char *path, bool is_tls,
                          struct promises_options *read, struct error *error) MUST_CHECK;

// Opens the promises' files; *promises is NULL without a key. `path` is the receipts' file, and must outlive
// it; `is_tls`: the connection is. Errors as promises_open.
bool client_promises_open(const struct client_options *options, const char *path, bool is_tls,
                          struct promises **promises, struct error *error) MUST_CHECK;

#endif
