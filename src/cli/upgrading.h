// An upgrade of a store, as a command or a server's start does it: it says how far it is, and checks the
// draws.
#ifndef QUINIELA_CLI_UPGRADING_H
#define QUINIELA_CLI_UPGRADING_H

#include "base/error.h"

enum upgrading_tone {
    UPGRADING_PROGRESS, // what was done
    UPGRADING_NOTE,     // what somebody should know, or do
    UPGRADING_DAMAGE,   // what was found damaged
};

// Called for each thing to say: "copied: 35 %".
typedef void (*upgrading_say)(void *context, enum upgrading_tone tone, const char *text);

// Upgrades the store at `address`. With `must_exist` there must be one, and if there is nothing to do, that
// is said. Errors as store_upgrade.
bool upgrading_run(const char *address, bool must_exist, upgrading_say say, void *context,
                   struct error *error) MUST_CHECK;

// As a server's start does it: everything is logged, there need be no store, and one that cannot be reached
// is waited for.
bool upgrading_at_start(const char *address, struct error *error) MUST_CHECK;

#endif
