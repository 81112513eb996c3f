// A store that is open for reading, its sealed draw, and what SEAL_DIR keeps of that: for the commands that
// prove something of it.
#ifndef QUINIELA_CLI_SEALED_STORE_H
#define QUINIELA_CLI_SEALED_STORE_H

#include "cli/store_options.h"
#include "prove/kept_seal.h"

struct sealed_store {
    struct store *store; // as of one moment
    struct sealed_draw *sealed;
    struct kept_seal kept;
};

// Opens them; `seal_dir` is SEAL_DIR, NULL where it is not set. A fork that the store knows is told on
// standard error. Errors as store_options_open_draw, sealed_draw_read and kept_seal_open. Closed by the
// caller.
bool sealed_store_open(const struct store_options *options, const char *seal_dir, struct sealed_store *sealed,
                       struct error *error) MUST_CHECK;
void sealed_store_close(struct sealed_store *sealed);

#endif
