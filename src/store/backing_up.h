// What a backup asks of its caller, and what it tells it. Not in backup.h because the kinds of store use it,
// and backup.h asks them.
#ifndef QUINIELA_STORE_BACKING_UP_H
#define QUINIELA_STORE_BACKING_UP_H

#include "base/error.h"

#include <stdint.h>

struct store_backup {
    // Called now and then: how many bytes have been copied.
    void (*progress)(void *context, uint64_t done, uint64_t all);
    // Whether everything of one of the draws is as it was stored. `address` is that of the copy, to be opened
    // as STORE_READ. False with `error` set when not.
    bool (*check)(void *context, const char *address, const char *draw, struct error *error);
    void *context;
};

struct store_backed_up {
    uint64_t bytes;    // of the copy
    uint64_t draws;    // in it
    uint64_t log_grew; // by so many bytes the store's log became longer meanwhile
};

// Called for each draw; `name` lives until it returns. Returns false to stop, with `error` set.
typedef bool (*store_each_name)(void *context, const char *name, struct error *error);

#endif
