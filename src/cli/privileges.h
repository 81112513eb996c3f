// The privileges that the server gives up once its ports are bound: see confine/confine.h.
#ifndef QUINIELA_CLI_PRIVILEGES_H
#define QUINIELA_CLI_PRIVILEGES_H

#include "cli/server_options.h"

// Switches to the user that RUN_AS names, keeps access to the store's files (with `has_store`), the audit log
// and the certificates, and logs what was given up: `action: confine`, and a warning for what the kernel does
// not support. In `removes_in`, a folder (or NULL), files may still be removed; in `writes_in`, another one
// (or
// ""), made and written, too. Call it before any thread
// starts. ERROR_BAD_SETTING when it cannot switch to that user; ERROR_SYSTEM when that user cannot use the
// store.
bool privileges_give_up(const struct server_options *options, bool has_store, const char *removes_in,
                        const char *writes_in, struct error *error) MUST_CHECK;

#endif
