// What a server signs its draw with, from the settings to the ledger: the key, the folder that keeps what is
// signed, and the notice that shows it.
#ifndef QUINIELA_CLI_SERVER_SIGNING_H
#define QUINIELA_CLI_SERVER_SIGNING_H

#include "cli/server_options.h"
#include "ledger/options.h"

#include <limits.h>

struct server_signing {
    struct notary *notary; // NULL: SIGN_KEY is not set
    struct notice *notice; // there is nothing in it while the draw is not signed
    char seal_dir[PATH_MAX];
};

// Reads the keys that the settings name, and makes the folder, as the user that the server is to run as: call
// it while it has all rights. ERROR_BAD_SETTING, naming the setting; ERROR_SYSTEM; ERROR_NO_MEMORY. Begins
// zeroed; closed by the caller also when this fails.
bool server_signing_open(struct server_signing *signing, const struct server_options *options,
                         struct error *error) MUST_CHECK;

// The folder that the server goes on writing to: that of its draw. "" when there is none.
void server_signing_path(const struct server_signing *signing, const struct server_options *options,
                         char path[PATH_MAX]);

// Fills in what the ledger has to know. All of it stays until the ledger is closed.
void server_signing_tell(const struct server_signing *signing, struct ledger_options *ledger);

// Wipes the keys. Nobody uses the notice any more.
void server_signing_close(struct server_signing *signing);

#endif
