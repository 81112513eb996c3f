// The privileges that the server gives up once its ports are bound: see confine/confine.h.
#ifndef QUINIELA_CLI_PRIVILEGES_H
#define QUINIELA_CLI_PRIVILEGES_H

#include "cli/server_options.h"

// What it keeps besides the audit log, the log and the certificates.
struct privileges_kept {
    bool has_store;         // the store's files, or the way to its database
    const char *removes_in; // a folder in which files may still be removed; NULL: none
    const char *writes_in;  // another one, in which they may be made and written, too; "": none
};

// Switches to the user that RUN_AS names, and logs what was given up: `action: confine`, and a warning for
// what the kernel does not support. Call it before any thread starts. ERROR_BAD_SETTING when it cannot switch
// to that user; ERROR_SYSTEM when that user cannot use the store.
bool privileges_give_up(const struct server_options *options, const struct privileges_kept *kept,
                        struct error *error) MUST_CHECK;

#endif
