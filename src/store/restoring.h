// What a restore asks of its caller, and what it tells it. Not in restore.h because the kinds of store use
// it, and restore.h asks them.
#ifndef QUINIELA_STORE_RESTORING_H
#define QUINIELA_STORE_RESTORING_H

#include "base/error.h"

#include <limits.h>
#include <stdbool.h>

// Makes the store that is to be put there as the new file `made`, on the disk. False, with `error` set, when
// nothing is to be restored.
typedef bool (*store_make_copy)(void *context, const char *made, struct error *error);

struct store_restored {
    bool was_cut_short;  // an earlier restore was ended, and no other begun
    char kept[PATH_MAX]; // the store that was there; "" if there was none
};

#endif
