// What an upgrade asks of its caller, and what it tells it. Not in upgrade.h because the kinds of store use
// it, and upgrade.h asks them.
#ifndef QUINIELA_STORE_UPGRADING_H
#define QUINIELA_STORE_UPGRADING_H

#include "base/error.h"

#include <stdint.h>

enum { STORE_UPGRADE_KEPT_BYTES = 256 };

struct store_upgrade {
    // Called now and then: what is being done, and how much of it.
    void (*progress)(void *context, const char *what, uint64_t done, uint64_t all);
    // Called for what somebody should know, or do.
    void (*note)(void *context, const char *text);
    // Whether everything of one of the draws is as it was stored. `address` is that of what was made, to be
    // opened as STORE_READ_UPGRADED. False with `error` set when not.
    bool (*check)(void *context, const char *address, const char *draw, struct error *error);
    void *context;
};

struct store_upgraded {
    int64_t
        from; // the version that was found; STORE_VERSION if there was nothing to do, 0 if there is no store
    char kept[STORE_UPGRADE_KEPT_BYTES]; // what was there before, and is kept
};

#endif
